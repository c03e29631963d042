// Splits the offline module of wasm by its exports, so that nothing is downloaded or
// compiled before it is needed: the first check of a key takes a quarter of it.
//
//   node xtask/split.mjs WASM OUT
//
// OUT gets a module for each part below, and keylatch.wasm, the whole, for those who
// load it themselves. All parts work on one memory: the first has it, and every
// function that two parts need, and the others import from the first. So they are
// one program, compiled and linked by Rust as one, and hold nothing twice.

import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The exports of each part; pkg/core/parts.js starts them. */
const PARTS = {
  check: ['check', 'scratch', 'clear'],
  diagnosis: ['diagnose', 'resembled', 'checkLines', 'declareFormat', 'dropFormat', 'lookalike'],
  secrets: ['generate', 'hash', 'mask', 'hold', 'reserve', 'free', 'header', 'base', 'admits'],
};
const [FIRST] = Object.keys(PARTS);

/** What Rust uses of WebAssembly beyond its first version. */
const FEATURES = ['mutable-globals', 'bulk-memory', 'bulk-memory-opt', 'sign-ext', 'nontrapping-float-to-int', 'reference-types', 'multivalue'].map((name) => `--enable-${name}`);

const [wasm, out] = process.argv.slice(2);
const bin = join(dirname(fileURLToPath(import.meta.url)), 'npm/node_modules/.bin');
const binaryen = (tool, ...args) => execFileSync(join(bin, tool), args, { encoding: 'utf8', maxBuffer: 1 << 28 });

/** The forms of a module in the text format of WebAssembly. */
function formsOf(text) {
  const forms = [];
  let depth = 0;
  let start = 0;
  // Strings hold any character, and names in quotes any but a quote.
  for (const { 0: token, index } of text.matchAll(/"(?:[^"\\]|\\.)*"|;;.*|[()]/g)) {
    if (token === '(' && (depth += 1) === 2) start = index;
    if (token === ')' && (depth -= 1) === 1) forms.push(text.slice(start, index + 1));
  }
  return forms;
}

const NAME = '(\\$"(?:[^"\\\\]|\\\\.)*"|\\$[^\\s()]+)';
const all = (form, pattern) => [...form.matchAll(new RegExp(pattern.replace('NAME', () => NAME), 'g'))].map(([, name]) => name);
const CALL = '\\((?:return_call|call|ref\\.func) NAME';
const kindOf = (form) => /^\((\w+)/.exec(form)[1];

const forms = formsOf(binaryen('wasm-dis', ...FEATURES, wasm));
const of = (kind) => forms.filter((form) => kindOf(form) === kind);
const functions = new Map(of('func').map((form) => [all(form, '^\\(func NAME')[0], form]));
/** The functions that are exported, by their names outside. */
const exported = new Map(of('export').flatMap((form) => {
  const [, outside] = /^\(export "([^"]*)"/.exec(form);
  return all(form, '\\(func NAME').filter((name) => functions.has(name)).map((name) => [outside, name]);
}));

const known = Object.values(PARTS).flat();
const strange = [...exported.keys()].filter((name) => !known.includes(name));
const missing = known.filter((name) => !exported.has(name));
if (strange.length + missing.length > 0) throw new Error(`xtask/split.mjs puts each export of the offline module into a part. Without one: ${strange}. Not there: ${missing}.`);

/** The functions that these call, and they. */
function reached(names) {
  const found = new Set();
  const visit = (name) => {
    if (found.has(name) || !functions.has(name)) return;
    found.add(name);
    all(functions.get(name), CALL).forEach(visit);
  };
  names.forEach(visit);
  return found;
}

const FUNCTION_TABLE = of('table').filter((form) => form.includes('funcref')).map((form) => all(form, '^\\(table NAME')[0])[0];

// Who calls through the table is not written down, so what is in it is with the memory.
const isTableUsed = [...functions.values()].some((form) => form.includes('(call_indirect'));
// A segment has a name of its own, and names its table, before its functions.
const inTable = isTableUsed ? of('elem').flatMap((form) => all(form.slice(form.indexOf(' func ')), 'NAME')) : [];
const reachedBy = new Map(Object.entries(PARTS).map(([part, exports]) => {
  const roots = exports.map((name) => exported.get(name));
  return [part, reached(part === FIRST ? [...roots, ...inTable] : roots)];
}));
/** The part that a function stands in. */
const partOf = (name) => {
  const parts = Object.keys(PARTS).filter((part) => reachedBy.get(part).has(name));
  return parts.length === 1 ? parts[0] : FIRST;
};
const place = new Map([...functions.keys()].filter((name) => [...reachedBy.values()].some((set) => set.has(name))).map((name) => [name, partOf(name)]));
const inPart = (part) => [...place.keys()].filter((name) => place.get(name) === part);

/** What other parts import of the first, by its kind and name inside: its name outside. */
const shared = new Map();
const typeOf = {
  // `(param $0 i32)` names a local, which an import has not.
  func: (form) => new RegExp(`^\\(func ${NAME}((?: \\((?:type|param|result) [^)]*\\))*)`).exec(form)[2].replaceAll(/\(param \$\S+ /g, '(param '),
  global: (form) => new RegExp(`^\\(global ${NAME} (\\(mut \\w+\\)|\\w+)`).exec(form)[2],
  table: (form) => new RegExp(`^\\(table ${NAME} ([^)]*)`).exec(form)[2],
};

/** The imports of a kind that code needs, found by what uses them. */
function imports(code, kind, use, isShared = () => true) {
  const forms = new Map(of(kind).map((form) => [all(form, `^\\(${kind} NAME`)[0], form]));
  return [...new Set(all(code, use))].filter((name) => forms.has(name) && isShared(name)).map((name) => {
    const key = `(${kind} ${name})`;
    if (!shared.has(key)) shared.set(key, String(shared.size));
    return `(import "${FIRST}" "${shared.get(key)}" (${kind} ${name} ${typeOf[kind](forms.get(name))}))`;
  });
}

/** A part that imports from the first. */
function later(part) {
  const own = inPart(part).map((name) => functions.get(name));
  const code = own.join('\n');
  const [, memory, size] = new RegExp(`^\\(memory ${NAME} ([^)]*)`).exec(of('memory')[0]);
  return [
    ...of('type'),
    ...imports(code, 'func', CALL, (name) => place.get(name) === FIRST),
    ...imports(code, 'global', '\\(global\\.[gs]et NAME'),
    ...imports(code.includes('(call_indirect') ? FUNCTION_TABLE : '', 'table', 'NAME'),
    `(import "${FIRST}" "memory" (memory ${memory} ${size}))`,
    ...PARTS[part].map((name) => `(export "${name}" (func ${exported.get(name)}))`),
    ...own,
  ];
}

/** What has the memory, with these functions under these names. */
function first(names, exports) {
  const [memory] = all(of('memory')[0], '^\\(memory NAME');
  const table = isTableUsed ? [...of('table').filter((form) => form.includes('funcref')), ...of('elem')] : [];
  const base = ['type', 'global', 'memory', 'data'].flatMap(of);
  return [...base, ...table, `(export "memory" (memory ${memory}))`, ...exports, ...names.map((name) => functions.get(name))];
}

function emit(name, content) {
  const text = join(out, `${name}.wat`);
  writeFileSync(text, `(module\n${content.join('\n')}\n)\n`);
  binaryen('wasm-opt', text, '-o', join(out, `${name}.wasm`), '--low-memory-unused', '-Oz', ...FEATURES, '--strip-debug');
  rmSync(text);
}

mkdirSync(out, { recursive: true });
for (const part of Object.keys(PARTS).filter((part) => part !== FIRST)) emit(part, later(part));
emit(FIRST, first(inPart(FIRST), [
  ...PARTS[FIRST].map((name) => `(export "${name}" (func ${exported.get(name)}))`),
  ...[...shared].map(([form, outside]) => `(export "${outside}" ${form})`),
]));
emit('keylatch', first([...place.keys()], [...exported].map(([outside, name]) => `(export "${outside}" (func ${name}))`)));
