// Characters as other texts write them: in an address (also escaped again, `%252B`), in JSON and in
// sources, in Markdown, on a page, in mails. find/src/escape.rs finds keys in such texts.

const ESCAPED = /%(?:25){0,3}([0-7][\dA-Fa-f])|\\{1,15}(?:u([\dA-Fa-f]{4})|x([\dA-Fa-f]{2})|([nrt])|([!-/:-@[-`{-~]))|&(?:amp;){0,3}#(?:[xX]([\dA-Fa-f]{1,5})|(\d{1,5}));|=3D/g;

/** @param {string} text */
export const unescaped = (text) => text.replace(ESCAPED, (_, percent, unit, byte, space, sign, hex, decimal) => {
  const digits = percent ?? unit ?? byte ?? hex;
  if (digits ?? decimal) return String.fromCodePoint(digits ? parseInt(digits, 16) : +decimal);
  return space ? '\n' : (sign ?? '=');
});
