// The module of WebAssembly that finds keys in texts: started on first use, replaced after a
// trap. Only numbers cross its boundary; see src/wasm/find/.

import { load } from '#find';

import { isError, KeylatchError } from '../core/errors.js';
import { notStarted, utf8Of } from '../core/offline.js';

/**
 * @typedef {{
 *   engine(): number, add(engine: number, length: number, isSearched: boolean): number, compile(engine: number): number,
 *   addValue(length: number): void, setValues(engine: number): void,
 *   scan(engine: number, from: number, length: number, isWhole: boolean): number, list(): number, listLength(): number,
 *   is(engine: number, length: number): number, nearest(engine: number, length: number, first: number, last: number): number,
 *   example(engine: number, kind: number, seed: number): number, units(from: number, to: number): number,
 *   scratch(): number, memory: WebAssembly.Memory, __wbindgen_start(): void,
 * }} Exports
 * @typedef {{ wasm: Exports, bytes: Uint8Array, at: number }} Core
 */

/** Bytes of the buffer. */
export const SIZE = 262_144;
/** So much of what stands before a place says whether a key can begin there. */
export const CONTEXT = 32;
/** A module of one function that returns a vector: valid where vector instructions are. */
const VECTOR = [0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11];

/** @type {WebAssembly.Module | undefined} */
let module;
/** @type {Core | undefined} */
let current;
/** @type {TextEncoder | undefined} */
let encoder;

/** The instance that is in use. @returns {Core} */
export function core() {
  return current ?? (current = start());
}

function start() {
  try {
    module ??= load(WebAssembly.validate(Uint8Array.from(VECTOR)));
    const nothing = () => {};
    const imports = WebAssembly.Module.imports(module).map((one) => [one.module, { [one.name]: nothing }]);
    const wasm = /** @type {any} */ (new WebAssembly.Instance(module, Object.fromEntries(imports)).exports);
    wasm.__wbindgen_start();
    return viewed({ wasm, at: wasm.scratch(), bytes: new Uint8Array(0) });
  } catch (thrown) {
    throw notStarted(thrown);
  }
}

/** Views are lost when the memory grows. @param {Core} core */
function viewed(core) {
  core.bytes = new Uint8Array(core.wasm.memory.buffer, core.at, SIZE);
  return core;
}

/** The buffer, as it stands now. @param {Core} core */
export const buffer = (core) => (core.bytes.length === 0 ? viewed(core) : core).bytes;

/** The numbers of the last answer. @param {Core} core @returns {Uint32Array} */
export function list({ wasm }) {
  return new Uint32Array(wasm.memory.buffer, wasm.list(), wasm.listLength());
}

/** Writes a text whose UTF-8 fits into the buffer: how many bytes it has. @param {Core} core @param {string} text @returns {number} */
export function write(core, text) {
  const bytes = buffer(core);
  if (typeof TextEncoder !== 'undefined') return (encoder ??= new TextEncoder()).encodeInto(text, bytes).written;
  const utf8 = utf8Of(text);
  bytes.set(utf8);
  return utf8.length;
}

/** @template T @param {(core: Core) => T} work @returns {T} */
export function enter(work) {
  const now = core();
  try {
    return work(now);
  } catch (thrown) {
    if (!(thrown instanceof WebAssembly.RuntimeError)) throw thrown;
    // What a trap leaves behind nobody knows: the next call starts another instance.
    if (current === now) current = undefined;
    throw isError(thrown) ? thrown : new KeylatchError({ code: 'internal', details: ['its WebAssembly stopped, and was started anew.'] }, thrown);
  }
}
