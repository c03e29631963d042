// The anchor of a heading, as GitHub makes it: a link works there and on the site.

/** @param {string} text the words of the heading, without their marks */
export const slug = (text) => text.toLowerCase().replace(/[^\p{L}\p{N}\s_-]/gu, '').trim().replace(/\s/g, '-');
