// The offline module of WebAssembly: started on first use, replaced after a trap.
// Only numbers cross its boundary. A text is written into its buffer or read from
// there, which `write` and `read` do; see src/wasm/offline/. What the quick check does
// not need are parts of it (parts.js), which xtask/split.mjs has taken out.

import { load, SHORT, textOf } from '#offline';

import { failure, isError, KeylatchError } from './errors.js';

/**
 * The exports of src/wasm/offline/.
 * @typedef {{
 *   check(format: number, length: number): number, clear(length: number): void,
 *   scratch(): number, memory: WebAssembly.Memory,
 * }} Exports
 *
 * An instance: where its buffer begins, views of all its memory and of the buffer, and
 * its parts that have been started.
 * @typedef {{ wasm: Exports, at: number, memory: Uint8Array, bytes: Uint8Array, words: Uint32Array,
 *   parts: Record<string, any> }} Offline
 */

/** Bytes of the buffer. */
export const SIZE = 65_536;
/** A longer text, in UTF-16 code units, is answered without being copied: no key is so long. */
export const LONGEST = 16_384;
/** Compiled once each, instantiated again after each trap. @type {Record<string, WebAssembly.Module | undefined>} */
const modules = {};
/** @type {Offline | undefined} */
let current;
/** @type {TextEncoder | undefined} */
let encoder;

/** The instance that is in use. */
export function offline() {
  return current ?? (current = start());
}

/** @param {Offline} core */
export const isCurrent = (core) => core === current;

/** @returns {Offline} */
function start() {
  const wasm = instance('check', load, {});
  return viewed(/** @type {any} */ ({ wasm, at: wasm.scratch(), parts: {} }));
}

/**
 * The exports of a part, compiled when it is first needed. Whoever loads the module by
 * themselves have it whole: then they are there already.
 * @param {Offline} core @param {string} name @param {() => WebAssembly.Module | undefined} load
 */
export const part = (core, name, load) => (core.parts[name] ??= instance(name, load, { check: core.wasm }) ?? core.wasm);

/** @param {string} name @param {() => WebAssembly.Module | undefined} load @param {any} imports @returns {any} */
function instance(name, load, imports) {
  try {
    const module = (modules[name] ??= load());
    return module && new WebAssembly.Instance(module, imports).exports;
  } catch (thrown) {
    throw notStarted(thrown);
  }
}

/** What a platform's refusal to run WebAssembly means. @param {unknown} thrown */
export function notStarted(thrown) {
  if (isError(thrown)) return thrown;
  const why =
    typeof WebAssembly === 'undefined'
      ? 'this platform has no WebAssembly, or it is switched off.'
      : /unsafe-eval|Content Security Policy|code generation/i.test(String(/** @type {any} */ (thrown)?.message))
        ? "the page's Content-Security-Policy forbids it. Add 'wasm-unsafe-eval' to its script-src."
        : "the platform refused it. Runtimes that compile no bytes take keylatch/slim with a compiled module.";
  return new KeylatchError({ code: 'not_started', details: [why] }, thrown);
}

/** @param {Offline} core */
function viewed(core) {
  const { buffer } = core.wasm.memory;
  core.memory = new Uint8Array(buffer);
  core.bytes = new Uint8Array(buffer, core.at, SIZE);
  core.words = new Uint32Array(buffer, core.at, SIZE / 4);
  return core;
}

/** An instance with views that can be used: they are lost when the memory grows. @param {Offline} core */
export const fresh = (core) => (core.bytes.length === 0 ? viewed(core) : core);

/**
 * Writes a text of at most {@link LONGEST} units: how many bytes it has.
 * @param {Offline} core @param {string} text
 */
export function write(core, text) {
  const { bytes, words } = fresh(core);
  const { length } = text;
  if (length > SHORT) return encode(core, text);
  let all = 0;
  let at = 0;
  // Four at a time: a write of one byte costs as much as one of four.
  for (let word = 0; at + 3 < length; at += 4, word++) {
    const [a, b, c, d] = [text.charCodeAt(at), text.charCodeAt(at + 1), text.charCodeAt(at + 2), text.charCodeAt(at + 3)];
    all |= a | b | c | d;
    words[word] = a | (b << 8) | (c << 16) | (d << 24);
  }
  for (; at < length; at++) {
    const unit = text.charCodeAt(at);
    all |= unit;
    bytes[at] = unit;
  }
  return all < 128 ? length : encode(core, text);
}

/** @param {Offline} core @param {string} text */
function encode({ bytes }, text) {
  if (typeof TextEncoder !== 'undefined') return (encoder ??= new TextEncoder()).encodeInto(text, bytes).written;
  const utf8 = utf8Of(text);
  bytes.set(utf8);
  return utf8.length;
}

/** A text as UTF-8. @param {string} text */
export function utf8Of(text) {
  if (typeof TextEncoder !== 'undefined') return (encoder ??= new TextEncoder()).encode(text);
  // jsdom has none.
  const utf8 = unescape(encodeURIComponent(text.replace(/[\ud800-\udfff]/gu, '\ufffd')));
  return Uint8Array.from(utf8, (byte) => byte.charCodeAt(0));
}

/** The answer of a length in the buffer, from a place on. @param {Offline} core @param {number} length @param {number} [from] */
export const read = (core, length, from = 0) => textOf(fresh(core).memory, core.at + from, length);

/**
 * What to throw for what came out of the WebAssembly. A trap leaves an instance
 * in a state that nobody knows (a recursion that ends in it has even left its
 * stack pointer where it was), so it is not entered again.
 * @param {Offline} core @param {unknown} thrown
 */
export function broken(core, thrown) {
  if (isError(thrown)) return thrown;
  if (current === core) current = undefined;
  return new KeylatchError({ code: 'internal', details: ['its WebAssembly stopped, and was started anew.'] }, thrown);
}

/**
 * Calls into the WebAssembly.
 * @template T
 * @param {(core: Offline) => T} work
 */
export function enter(work) {
  const core = offline();
  try {
    return work(core);
  } catch (thrown) {
    throw broken(core, thrown);
  }
}

/** A text of a length that a key or a password can have. @param {unknown} text @param {string} name @returns {string} */
export function short(text, name) {
  if (typeof text !== 'string') throw failure('invalid_argument', name, 'expected a string.');
  if (text.length > LONGEST) throw failure('invalid_argument', name, `it has more than ${LONGEST} characters.`);
  return text;
}
