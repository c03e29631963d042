// Characters as other texts write them: in an address (also escaped again, `%252B`), in JSON and in
// sources, in Markdown, on a page, in mails. find/src/escape.rs finds keys in such texts.

const ESCAPED = /(?:%(?:25){0,3}[\dA-Fa-f]{2})+|\\{1,15}(?:u([\dA-Fa-f]{4})|x([\dA-Fa-f]{2})|([nrt])|([!-\/:-@[-`{-~]))|&(?:amp;){0,3}(?:#(?:[xX]([\dA-Fa-f]{1,5})|(\d{1,5}))|(quot|apos|lt|gt|amp|nbsp));|=3D/g;
/** @type {Record<string, string>} */
const NAMES = { quot: '"', apos: "'", lt: '<', gt: '>', amp: '&', nbsp: ' ', '=3D': '=' };

/** @param {string} text */
export function unescaped(text) {
  return text.replace(ESCAPED, (escaped, unit, byte, space, sign, hex, decimal, name) => {
    if (escaped[0] === '%') return percentDecoded(escaped);
    if (space) return space === 't' ? '\t' : '\n';
    const digits = unit ?? byte ?? hex;
    if (digits ?? decimal) return String.fromCodePoint(digits ? parseInt(digits, 16) : Number(decimal));
    return sign ?? NAMES[name ?? escaped];
  });
}

/** @param {string} text */
function percentDecoded(text) {
  try {
    return decodeURIComponent(text.replace(/%(?:25)+(?=[\dA-Fa-f]{2})/g, '%'));
  } catch {
    return text;
  }
}
