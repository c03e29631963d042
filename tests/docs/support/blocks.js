// Turns the JavaScript of a document into modules that fail when the document
// is wrong. A document states results in comments:
//
//   expression; // → pattern        what `util.inspect` shows of it
//   const name = expression; // → pattern
//   expression; // throws code      the code of its KeylatchError
//
// A pattern that is too long for its line stands on the lines below. `…` in a
// pattern stands for anything, and so does what follows it in parentheses.

const SHOWS = /^(\s*)(?:const (\w+) = )?(\S.*?);\s*\/\/ → (.+)$/;
const THROWS = /^(\s*)(?:const \w+ = )?(\S.*?);\s*\/\/ throws (\w+)$/;
const BELOW = /^\s*\/\/ → (.+)$/;

/** The blocks of a Markdown text: `{ line, kind, code }`, the line counted from 1, the kind `js` or `jsx`. */
export function blocks(markdown) {
  return [...markdown.matchAll(/^```(jsx?)\n(.*?)^```$/gms)].map(({ 0: whole, 1: kind, 2: code, index }) => ({
    line: markdown.slice(0, index).split('\n').length + 1,
    kind,
    code,
    whole,
  }));
}

/** The examples in the doc comments of declarations. */
export function examples(declarations) {
  const unstarred = declarations.replace(/^ *\*(?: |$)/gm, '');
  return blocks(unstarred);
}

/**
 * A block as a module that checks what the block states. Each line stays on its
 * line. A statement that states nothing still has to run.
 */
export function checking({ line, code }) {
  const lines = code.split('\n');
  let stated = 0;
  const out = lines.map((text, number) => {
    const place = line + number;
    if (BELOW.test(text)) {
      if (!SHOWS.test(joined(lines, number - 1) ?? '')) throw new Error(`line ${place}: a result without a statement above it`);
      return '';
    }
    const throws = THROWS.exec(text);
    if (throws) {
      stated += 1;
      const [, indent, expression, code] = throws;
      return `${indent}await stated.throws(async () => (${expression}), ${JSON.stringify(code)}, ${place});`;
    }
    const shows = SHOWS.exec(joined(lines, number) ?? text);
    if (shows) {
      stated += 1;
      const [, indent, name, expression, pattern] = shows;
      const before = name ? `const ${name} = ${expression}; ` : '';
      return `${indent}${before}stated.shows(${name ?? `await (${expression})`}, ${JSON.stringify(pattern)}, ${place});`;
    }
    if (/\/\/ (→|throws \w+$)/.test(text)) throw new Error(`line ${place}: a result that is not understood: ${text}`);
    return text;
  });
  return { code: out.join('\n'), stated };
}

/** A statement and the result on the line below it, as if it were one line. */
function joined(lines, number) {
  const below = BELOW.exec(lines[number + 1] ?? '');
  return below && /;\s*$/.test(lines[number]) ? `${lines[number]} // → ${below[1]}` : undefined;
}
