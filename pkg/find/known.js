// The services of the catalogue, as checkKey, authHeaders, identifyKey and providers() know them.

import { notes } from '#catalogue';

import { problemOf } from '../core/errors.js';
import { LONGEST } from '../core/offline.js';
import { surroundings } from '../keys/check.js';
import { repair } from '../keys/repair.js';
import { couldBeCut } from './cut.js';
import { buffer, enter, list, write } from './engine.js';
import { kinds } from './kinds.js';
import { everything } from './search.js';

/**
 * @typedef {import('../index.js').KeyCheck} KeyCheck
 * @typedef {import('../index.js').KeyProblem} KeyProblem
 * @typedef {import('./search.js').Shape} Shape
 */

/** Built in with more than their format. */
const OWN = ['keylatch', 'lambda', 'conduce'];
/** The kind of theirs that `checkKey` knows without the catalogue. */
const BUILT_IN = 'key';

/** @type {string[] | undefined} */
let known;

/** The ids of services that are known by their keys only. */
export const ids = () => (known ??= [...new Set(kinds().map(({ provider }) => provider))].filter((id) => !OWN.includes(id)));

/** A service, as a declaration has it. @param {string} id */
export function find(id) {
  if (!ids().includes(id)) return undefined;
  const all = kinds().filter(({ provider }) => provider === id);
  const { title, send = '', env, page } = all[0].facts;
  const spec = { id, title, env: env ? env.split(', ') : [], schemes: send ? send.split(', ').map(schemeOf) : [], ...(page && { keysPage: page }) };
  const certainty = all[0].certainty;
  return { spec, certainty, check: (/** @type {string} */ text) => check(id, certainty, text) };
}

/** @param {string} text such as `bearer`, `basic api` or `header x-api-key` */
function schemeOf(text) {
  const [type, name] = text.split(' ');
  if (type === 'header') return { type, name };
  return name === undefined ? { type } : { type, user: name };
}

/** The kinds that a text is one of: those of one service, or of all. @param {string} text @returns {{ shape: Shape, isDoubtful: boolean }[]} */
function kindsOf(text) {
  const { shapes } = everything();
  const all = enter((core) => {
    const number = everything().number(core);
    const length = write(core, text);
    const count = core.wasm.is(number, length);
    const found = list(core);
    buffer(core).fill(0, 0, length);
    return Array.from({ length: count }, (_, at) => ({ shape: shapes[found[2 * at]], isDoubtful: found[2 * at + 1] === 1 }));
  });
  return all.filter(({ shape }) => placeholders(text, prefixesOf(shape.shape)).length === 0);
}

/** What stands for a key behind the prefix of one: `ghp_xxxx`. @param {string} text @param {string[]} prefixes @returns {KeyProblem[]} */
function placeholders(text, prefixes) {
  return prefixes.filter((prefix) => text.startsWith(prefix)).flatMap((prefix) =>
    surroundings(text.slice(prefix.length))
      .filter(({ code }) => code === 'placeholder')
      .map((problem) => ({ ...problem, index: prefix.length + problem.index })));
}

/** @param {string} id @param {import('../index.js').Certainty} certainty @param {string} text @returns {KeyCheck} */
function check(id, certainty, text) {
  if (text.length > LONGEST) {
    return { ok: false, provider: id, certainty, problems: [problemOf({ code: 'wrong_length', index: LONGEST, details: [`at most ${LONGEST}`, String(text.length)] }, text.length - LONGEST)], looksLike: [] };
  }
  const all = kindsOf(text);
  const own = best(all.filter(({ shape }) => shape.kind.provider === id));
  const stands = surroundings(text);
  const isNone = stands.some(({ code }) => code === 'placeholder' || code === 'empty');
  if (own && !isNone && (stands.length === 0 || !own.shape.kind.needsContext)) return good(own, text);
  const prefixes = everything().shapes.filter(({ kind }) => kind.provider === id).flatMap(({ shape }) => prefixesOf(shape));
  const inPlace = isNone ? [] : placeholders(text, prefixes).slice(0, 1);
  const around = [...stands, ...inPlace];
  const isNoKey = isNone || inPlace.length > 0;
  const looksLike = [...new Set(all.filter(({ shape }) => shape.kind.provider !== id && !shape.kind.needsContext).map(({ shape }) => shape.kind.provider))];
  const is = (/** @type {string} */ candidate) => kindsOf(candidate).some(({ shape, isDoubtful }) => shape.kind.provider === id && !isDoubtful && !shape.kind.needsContext);
  const repaired = repair(text, is, prefixes);
  const fixed = repaired !== undefined && couldBeCut(text, repaired, is) ? undefined : repaired;
  const problems = around.length > 0 && (fixed !== undefined || isNoKey) ? around : [...around, nearest(id, ...coreOf(text))];
  return { ok: false, provider: id, certainty, problems, looksLike, ...(fixed !== undefined && { fixed }) };
}

/** What is probably meant for the key, and its place: the longest word. @param {string} text @returns {[string, number]} */
function coreOf(text) {
  const longest = text.split(/[\s"'`<>()]+/).reduce((longest, word) => (word.length > longest.length ? word : longest), '');
  const core = longest.replace(/^[A-Za-z_]\w*=/, '');
  return [core, text.indexOf(core)];
}

/** Of several kinds the surest. @template {{ shape: Shape, isDoubtful: boolean }} T @param {T[]} found @returns {T | undefined} */
function best(found) {
  const rank = (/** @type {T} */ { shape: { kind, shape }, isDoubtful }) =>
    (isDoubtful ? 8 : 0) + (kind.needsContext ? 4 : 0) + (kind.certainty === 'documented' ? 0 : 2) + (/<~?(crc32|sha256|xor)-/.test(shape) ? 0 : 1);
  return [...found].sort((a, b) => rank(a) - rank(b))[0];
}

/** @param {{ shape: Shape, isDoubtful: boolean }} found @param {string} text @returns {KeyCheck} */
function good({ shape: { kind, shape }, isDoubtful }, text) {
  const prefix = prefixesOf(shape).find((prefix) => text.startsWith(prefix));
  const warnings = [
    ...(isDoubtful ? [checksumProblem(shape, text)] : []),
    ...nearMisses(kind).map((code) => ({ code, message: notes[code], index: 0, length: text.length })),
  ];
  return {
    ok: true,
    provider: kind.provider,
    certainty: kind.needsContext ? 'unknown' : kind.certainty,
    ...(prefix !== undefined && { prefix }),
    kind: kind.name,
    purpose: kind.purpose,
    ...(kind.isTest && { test: true }),
    ...(warnings.length > 0 && { warnings }),
  };
}

/** What a good key is instead of what is mostly meant, a secret key for real data. @param {import('./kinds.js').Kind} kind */
function nearMisses({ purpose, isTest }) {
  /** @type {import('../index.js').ProblemCode[]} */
  const codes = [];
  if (purpose === 'publishable') codes.push('publishable_key');
  if (purpose === 'identifier') codes.push('identifier');
  if (isTest) codes.push('test_key');
  return codes;
}

/** An observed checksum that does not fit. @param {string} shape @param {string} text */
function checksumProblem(shape, text) {
  const [, length = '0', after = '0'] = /<~[\w-]+:(\d+)[^>]*>(?:<\w+:(\d+)>)?$/.exec(shape) ?? [];
  return problemOf({ code: 'wrong_checksum', index: text.length - Number(length) - Number(after), details: [length] }, Number(length));
}

/** The fixed texts that a shape begins with. @param {string} shape */
export function prefixesOf(shape) {
  const choices = /^\(([^)]+)\)/.exec(shape);
  return choices ? choices[1].split('|') : [shape.split(/[<(]/)[0]].filter(Boolean);
}

/** What is wrong with a text, by the kind of the service that it comes closest to. @param {string} id @param {string} text @param {number} index @returns {KeyProblem} */
function nearest(id, text, index) {
  const { shapes } = everything();
  return enter((core) => {
    const number = everything().number(core);
    const first = shapes.findIndex(({ kind }) => kind.provider === id);
    const last = first + shapes.filter(({ kind }) => kind.provider === id).length;
    const length = write(core, text);
    if (!core.wasm.nearest(number, length, first, last)) {
      buffer(core).fill(0, 0, length);
      // It is a key, within something else.
      return problemOf({ code: 'surrounding_text', index, details: [String(text.length)] }, text.length);
    }
    const [kind, byte, min, max] = list(core);
    const at = core.wasm.units(0, byte);
    buffer(core).fill(0, 0, length);
    const { shape } = shapes[kind];
    const prefixes = prefixesOf(shape);
    const place = index + at;
    if (prefixes.length > 0 && !prefixes.some((prefix) => text.startsWith(prefix))) {
      const all = [...new Set(shapes.slice(first, last).flatMap(({ shape, kind }) => (kind.needsContext ? [] : prefixesOf(shape))))];
      return problemOf({ code: 'wrong_prefix', index: place, details: [(all.length > 6 ? prefixes : all).map((prefix) => `"${prefix}"`).join(' or ')] }, Math.min(1, text.length - at));
    }
    if (length < min || (max > 0 && length > max)) {
      const expected = max === 0 ? `at least ${min}` : min === max ? String(min) : `${min} to ${max}`;
      return problemOf({ code: 'wrong_length', index: index + Math.min(text.length, max || text.length), details: [expected, String(text.length)] }, max > 0 ? Math.max(0, text.length - max) : 0);
    }
    const sum = /<(?:crc32|sha256|xor)-[\w]+:(\d+)[^>]*>$/.exec(shape);
    if (sum && at === text.length - Number(sum[1])) return problemOf({ code: 'wrong_checksum', index: place, details: [sum[1]] }, Number(sum[1]));
    return problemOf({ code: 'bad_character', index: place, details: [`"${text[at] ?? ''}"`, 'the characters of such keys'] }, Math.min(1, text.length - at));
  });
}

/** The kinds of all services that a text is one of, the surest first. @param {string} text @returns {KeyCheck[]} */
export function identify(text) {
  if (typeof text !== 'string' || text.length > LONGEST || surroundings(text).some(({ code }) => code === 'placeholder' || code === 'empty')) return [];
  const found = kindsOf(text).filter(({ shape: { kind } }) => !kind.needsContext && !(OWN.includes(kind.provider) && kind.name === BUILT_IN));
  return [...new Set(found.map(({ shape }) => shape.kind.provider))]
    .map((id) => best(found.filter(({ shape }) => shape.kind.provider === id)))
    .filter((one) => one !== undefined)
    .sort((a, b) => Number(a.isDoubtful) - Number(b.isDoubtful) || longestPrefix(b.shape.shape) - longestPrefix(a.shape.shape))
    .map((one) => good(one, text));
}

/** @param {string} shape */
const longestPrefix = (shape) => Math.max(0, ...prefixesOf(shape).map(({ length }) => length));
