// What a check or a header needs of a service. What the WebAssembly has to know
// of one is its format, by number. Whole descriptions are in providers.js, so that
// who only checks keys does not download them.

import { endpointDefaults, formats, services } from '#data';

import { declare, declareFormat } from '../client/declare.js';
import { freeze } from '../client/plain.js';
import { failure } from './errors.js';
import { enter, isCurrent, read, write } from './offline.js';
import { diagnosis } from './parts.js';

/**
 * @typedef {import('../index.js').Provider} Provider
 * @typedef {import('../index.js').KeyFormat} KeyFormat
 * @typedef {{ core?: import('./offline.js').Offline, number: number }} Declared a format's number in an instance
 * @typedef {{ data: Provider, id: string, certainty: import('../index.js').Certainty, prefixes: (string | undefined)[],
 *   isBuiltIn: boolean, format: Declared, sentences: Map<number, string[]>, check?: (text: string) => import('../index.js').KeyCheck }} Service
 * @typedef {{ find(id: string): { spec: object, certainty: import('../index.js').Certainty, check: (text: string) => import('../index.js').KeyCheck } | undefined,
 *   identify(text: string): import('../index.js').KeyCheck[], ids(): string[] }} Catalogue
 */

/** Where the description of a built-in service has its id once more, for another copy of the package. */
export const BUILT_IN = Symbol.for('keylatch.provider');

/** @type {Map<unknown, Service>} */
const known = new Map();
/** By data that cannot change. @type {WeakMap<object, Service>} */
const declared = new WeakMap();
/** By a declaration of the user's, who may change it: as long as it says the same. @type {WeakMap<object, { text: string, service: Service }>} */
const specs = new WeakMap();

/** The services that are known by their keys only. @type {Catalogue | undefined} */
export let catalogue;

/** Called by `keylatch/catalogue`. @param {Catalogue} found */
export const useCatalogue = (found) => void (catalogue = found);

/** The service that was asked for last by its id: most programs have one. @type {Service | undefined} */
let latest;

/** What is known of a service that is given by id, as data, or as a declaration. @param {any} given @returns {Service} */
export function serviceOf(given) {
  if (latest && given === latest.id) return latest;
  if (typeof given === 'string') return (latest = known.get(given) ?? newService(given));
  return (typeof given === 'object' && given !== null && declared.get(given)) || newService(given);
}

/** @param {any} given */
function newService(given) {
  if (typeof given === 'object' && given !== null) {
    const id = builtInOf(given);
    if (id !== undefined) return serviceOf(id);
    const text = written(given);
    const known = specs.get(given);
    if (known && known.text === text) return known.service;
    const service = describe(declaration(given), { number: 0 }, false);
    declared.set(service.data, service);
    if (text !== undefined) specs.set(given, { text, service });
    return service;
  }
  if (typeof given !== 'string') {
    throw failure('invalid_argument', 'provider', 'expected the id of a service, such as "keylatch", or a declaration.');
  }
  const data = /** @type {any[]} */ (services).find(({ id }) => id === given);
  const listed = data ? undefined : catalogue?.find(given);
  if (listed) {
    const { spec, certainty, check } = listed;
    const { schemes } = /** @type {any} */ (spec);
    // A scheme that nobody has looked up is none; a declaration without one would get Bearer.
    const whole = freeze({ ...declaration({ ...spec, schemes: schemes.length > 0 ? schemes : undefined }), schemes, certainty, formatOnly: /** @type {const} */ (true) });
    const service = { ...describe(whole, { number: 0 }, false), check };
    known.set(given, service);
    declared.set(whole, service);
    return service;
  }
  if (!data) throw failure('unknown_provider', presentable(given), services.map(({ id }) => id).join(', '));
  const service = describe(freeze(data), { number: formats[given] ?? 0 }, true);
  known.set(given, service);
  declared.set(data, service);
  return service;
}

/** What a declaration says, to see whether it has changed. @param {object} spec @returns {string | undefined} */
function written(spec) {
  try {
    return JSON.stringify(spec);
  } catch {
    return undefined;
  }
}

/** The id of a built-in service that another copy of the package has described. @param {any} given */
function builtInOf(given) {
  try {
    const id = given[BUILT_IN];
    return services.some((service) => service.id === id) ? id : undefined;
  } catch {
    return undefined; // What throws when it is asked is a declaration that cannot be read.
  }
}

/** @param {Provider} data @param {Declared} format @param {boolean} isBuiltIn @returns {Service} */
function describe(data, format, isBuiltIn) {
  const first = data.format?.parts[0];
  const prefixes = Array.isArray(first) ? first : typeof first === 'string' ? [first] : [];
  return { data, id: data.id, certainty: data.certainty, prefixes: [undefined, ...prefixes], isBuiltIn, format, sentences: new Map() };
}

/** An id as it may stand in a message: someone who mixed up the arguments has passed a key here. @param {string} id */
const presentable = (id) => (/^[a-z][a-z-]{0,23}$/.test(id) ? id : '…');

/** A declaration, as data. @param {unknown} spec @returns {Provider} */
export function declaredProvider(spec) {
  const service = describe(declaration(spec), { number: 0 }, false);
  declared.set(service.data, service);
  return service.data;
}

/** Lets the whole description of a built-in service stand for it. @param {Provider} description */
export function know(description) {
  declared.set(description, serviceOf(description.id));
}

/** @param {unknown} spec */
function declaration(spec) {
  return declare(spec, {
    isBuiltIn: (/** @type {string} */ id) => services.some((service) => service.id === id),
    endpoints: endpointDefaults,
    formatFault,
  });
}

/** A format of the user's, checked. @param {unknown} format @returns {KeyFormat} */
export const formatOf = (format) => declareFormat(format, { formatFault });

/** Why a format cannot be used, which Rust decides. @param {KeyFormat} format @returns {{ path: string, why: string } | undefined} */
function formatFault(format) {
  /** @type {{ path: string, why: string } | undefined} */
  let fault;
  enter((core) => {
    const number = diagnosis(core).declareFormat(write(core, encoded(format)));
    if (number < 0) {
      const [path, why] = read(core, number & 0x7fffffff).split('\n');
      fault = { path, why };
    } else diagnosis(core).dropFormat(number);
  });
  return fault;
}

/**
 * The number of a service's format: 0 for none.
 * @param {import('./offline.js').Offline} core @param {Service} service
 */
export function formatNumber(core, service) {
  const { format } = service;
  if (service.isBuiltIn || format.core === core) return format.number;
  if (!service.data.format) return 0;
  // Of an instance that has trapped, or of none so far. Registered once: dropped
  // twice, its number would be another format's.
  if (!format.core && typeof FinalizationRegistry !== 'undefined') (collected ??= new FinalizationRegistry(drop)).register(service.data, format);
  format.core = core;
  format.number = diagnosis(core).declareFormat(write(core, encoded(service.data.format)));
  return format.number;
}

/** @type {FinalizationRegistry<Declared> | undefined} */
let collected;

/** @param {Declared} format */
function drop({ core, number }) {
  if (core && isCurrent(core)) enter((core) => diagnosis(core).dropFormat(number));
}

/**
 * Works with a format that is forgotten afterwards.
 * @template T
 * @param {import('./offline.js').Offline} core @param {KeyFormat} format @param {(number: number) => T} work
 */
export function withFormat(core, format, work) {
  const number = diagnosis(core).declareFormat(write(core, encoded(format)));
  try {
    return work(number);
  } finally {
    diagnosis(core).dropFormat(number);
  }
}

/** A format as src/wasm/offline/formats.rs reads it. @param {KeyFormat} format */
function encoded({ parts }) {
  return parts.map(encodedPart).join('\n');
}

/** @param {any} part a `FormatPart`, whose length is a number or a range */
function encodedPart(part) {
  if (typeof part === 'string' || Array.isArray(part)) return ['L', ...[part].flat().map(plain)].join('\t');
  const { alphabet, covers, length } = part;
  return ('checksum' in part ? ['C', covers, length] : ['R', plain(alphabet), length.min ?? length, length.max ?? length]).join('\t');
}

/** The signs between members have no place in a format; it is refused for another one. @param {string} text */
const plain = (text) => text.replace(/[\t\n]/g, '\u0001');
