// Keys in values of any shape: a copy of the same structure, in which texts and bytes are
// redacted. What holds no key, or cannot be looked into, stays the same object.

import { Redacted } from '../core/secret.js';

/** Deeper values are left out, as a log has no use for them and a stack has an end. */
const DEEPEST = 200;
/** Stands for what fails when it is looked at: a proxy that was revoked. */
const UNREADABLE = '[unreadable]';

/**
 * @param {any} value @param {(text: string) => string} inText @param {(bytes: Uint8Array) => Uint8Array} inBytes
 */
export function deep(value, inText, inBytes) {
  /** @type {Map<object | symbol, unknown>} */
  const seen = new Map();
  /** How often a name was taken already. @type {Map<string, number>} */
  const numbers = new Map();

  /** Names of two keys can have become one, which would hide an entry. @param {any} name @param {(name: any) => boolean} isTaken */
  const free = (name, isTaken) => {
    if (typeof name !== 'string' || !isTaken(name)) return name;
    let number = numbers.get(name) ?? 1;
    do number++;
    while (isTaken(`${name} (${number})`));
    numbers.set(name, number);
    return `${name} (${number})`;
  };

  /** @param {any} value @param {number} depth @returns {any} */
  const copy = (value, depth) => {
    if (typeof value === 'string') return inText(value);
    if (value === null || !['object', 'function', 'symbol'].includes(typeof value)) return value;
    if (seen.has(value)) return seen.get(value);
    if (typeof value === 'symbol') return kept(value, symbol(value));
    if (depth > DEEPEST) return '[too deep]';
    if (!isReadable(value)) return UNREADABLE;
    if (typeof value === 'function') return called(value, depth);
    if (value instanceof Redacted) return value;
    if (Array.isArray(value)) return filled(value, depth);
    const kind = kindOf(value);
    if (kind === 'Map') {
      const out = kept(value, new Map());
      members(value, out, depth);
      for (const [key, item] of value) out.set(free(copy(key, depth + 1), (name) => out.has(name)), copy(item, depth + 1));
      return out;
    }
    if (kind === 'Set') {
      const out = kept(value, new Set());
      members(value, out, depth);
      for (const item of value) out.add(free(copy(item, depth + 1), (name) => out.has(name)));
      return out;
    }
    if (kind === 'Error' || value instanceof Error) return failed(value, depth);
    if (kind === 'String') return kept(value, new String(inText(String(value))));
    if (kind === 'RegExp') return kept(value, pattern(value));
    if (BYTES.includes(kind) || ArrayBuffer.isView(value)) return kept(value, bytes(value));
    if (kind === 'URL') return kept(value, address(value));
    if (LISTS.includes(kind)) return kept(value, list(value));
    if (MESSAGES.includes(kind)) return kept(value, message(value, depth));
    // Whoever uses an object can give it members.
    if (kind !== 'Object' && !Object.keys(value).length) {
      if (kind === 'File') return kept(value, file(value));
      if (kind !== 'Date' && isChanged(shown(value, { showHidden: true }))) return looked(value);
      if (isOfPlatform(value, kind)) return value;
    }
    return instance(value, depth);
  };

  /** @template T @param {object | symbol} value @param {T} out @returns {T} */
  const kept = (value, out) => (seen.set(value, out), out);

  /** @param {any} value */
  const bytes = (value) => {
    // One that was handed over to somebody else has none.
    if (value.byteLength === 0) return value;
    const from = ArrayBuffer.isView(value) ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength) : new Uint8Array(value);
    const out = inBytes(from);
    if (out.buffer === from.buffer) return value;
    const { Buffer } = /** @type {any} */ (globalThis);
    if (Buffer?.isBuffer(value)) return Buffer.from(out.buffer, out.byteOffset, out.length);
    // Numbers of several bytes are whole.
    const size = value.BYTES_PER_ELEMENT ?? 1;
    const buffer = new (ArrayBuffer.isView(value) ? ArrayBuffer : value.constructor)(Math.ceil(out.length / size) * size);
    new Uint8Array(buffer).set(out);
    return ArrayBuffer.isView(value) ? new /** @type {any} */ (value.constructor)(buffer) : buffer;
  };

  /** What describes a symbol is shown with it. @param {symbol} value */
  const symbol = (value) => {
    const { description = '' } = value;
    const text = inText(description);
    return text === description ? value : Symbol(text);
  };

  /** @param {RegExp} value */
  const pattern = (value) => {
    const text = inText(value.source);
    if (text === value.source) return value;
    try {
      return new RegExp(text, value.flags);
    } catch {
      return text;
    }
  };

  /** A function is shown with its name and its members. @param {any} value @param {number} depth */
  const called = (value, depth) => {
    const names = Object.keys(value);
    const { value: name } = member(value, 'name');
    const isSame = !isChanged(name);
    if (isSame && names.length === 0) return value;
    const out = kept(value, value.bind());
    define(out, 'name', isSame ? name : inText(name));
    return members(value, out, depth, (name) => names.includes(/** @type {string} */ (name))) && isSame ? kept(value, value) : out;
  };

  /** Whether it is a text that holds a key. @param {unknown} text */
  const isChanged = (text) => typeof text === 'string' && inText(text) !== text;

  /** A promise, an iterator, an event: what Node shows of it, where that holds a key. @param {any} value */
  const looked = (value) => {
    const out = kept(value, Object.create(Object.getPrototypeOf(value)));
    define(out, INSPECT, () => inText(/** @type {string} */ (shown(value))));
    return told(value, out);
  };

  /** @param {File} value */
  const file = (value) => (isChanged(value.name) ? new File([value], inText(value.name), value) : value);

  /** Whether what an object tells of itself holds a key, which only it can reach. @param {any} value */
  const isTold = (value) => TELLERS.some((name) => {
    try {
      if (!isTeller(value, name)) return false;
      const given = name === INSPECT ? [2, { stylize: String }, String] : ['string'];
      const told = name === 'toJSON' ? value : value[name](...given);
      return isChanged(typeof told === 'string' ? told : JSON.stringify(told));
    } catch {
      return false;
    }
  });

  /**
   * A copy has nothing private, which what an object tells of itself may need: the object itself is asked.
   * @param {any} value @param {any} out
   */
  const told = (value, out) => {
    for (const name of TELLERS) {
      if (isTeller(value, name)) define(out, name, (/** @type {unknown[]} */ ...given) => deep(value[name](...given), inText, inBytes));
    }
    for (let own = Object.getPrototypeOf(value); own !== null && own !== Object.prototype; own = Object.getPrototypeOf(own)) {
      for (const name of namesOf(own)) {
        const { get } = Reflect.getOwnPropertyDescriptor(own, name) ?? {};
        if (get && !Object.hasOwn(out, name)) Object.defineProperty(out, name, { get: () => deep(value[name], inText, inBytes), configurable: true });
      }
    }
    return out;
  };

  /** @param {URL} url */
  const address = (url) => {
    const text = inText(url.href);
    if (text === url.href) return url;
    try {
      return new URL(text);
    } catch {
      return text;
    }
  };

  /** Pairs of names and texts: headers, the parameters of an address, a form. @param {any} value */
  const list = (value) => {
    const pairs = [...value];
    const out = pairs.map((pair) => pair.map((/** @type {unknown} */ item) => copy(item, 0)));
    if (out.every((pair, at) => pair[0] === pairs[at][0] && pair[1] === pairs[at][1])) return value;
    const made = new value.constructor();
    const isHeaders = kindOf(value) === 'Headers';
    // No header is called `ghp_[redacted]`, and none holds the sign of a mask.
    for (const [name, item] of out) made.append(isHeaders ? name.replace(/[[\]…]/g, '') : name, isHeaders ? item.replaceAll('…', '...') : item);
    return made;
  };

  /** A request or a response, whose body nobody may read: what is told of it, where that holds a key. @param {any} value @param {number} depth */
  const message = (value, depth) => {
    /** @type {Record<string, unknown>} */
    const shown = {};
    for (const name of ['method', 'status', 'statusText', 'url', 'referrer', 'headers']) if (name in value) shown[name] = value[name];
    const out = {};
    return members(shown, out, depth) ? value : out;
  };

  /** @param {any[]} value @param {number} depth */
  const filled = (value, depth) => {
    const out = kept(value, /** @type {any[]} */ ([]));
    out.length = value.length;
    members(value, out, depth, (name) => name !== 'length');
    return out;
  };

  /** An error stays one. @param {Error} error @param {number} depth */
  const failed = (error, depth) => {
    const out = kept(error, Object.setPrototypeOf(new Error(), Object.getPrototypeOf(error)));
    delete out.stack;
    members(error, out, depth);
    // Those of the platform have them elsewhere than in members of their own.
    for (const name of /** @type {const} */ (['message', 'name'])) {
      const { value: text } = member(error, name);
      if (typeof text === 'string' && member(out, name).value !== inText(text)) define(out, name, inText(text));
    }
    return told(error, out);
  };

  /** An object that holds no key keeps what only itself can reach. @param {any} value @param {number} depth */
  const instance = (value, depth) => {
    const prototype = Object.getPrototypeOf(value);
    const out = kept(value, Object.create(prototype));
    const isSame = members(value, out, depth);
    if (isSame && prototype !== Object.prototype && prototype !== null && !isTold(value)) return kept(value, value);
    return told(value, out);
  };

  /** Whether each member is the same. @param {any} value @param {any} out @param {number} depth @param {(name: string | symbol) => boolean} [isOne] */
  const members = (value, out, depth, isOne = () => true) => {
    let isSame = true;
    for (const name of namesOf(value)) {
      if (!isOne(name)) continue;
      const { isGood, value: item } = member(value, name);
      // A getter that fails here fails there too.
      if (!isGood) continue;
      const { enumerable = true, writable = true } = Reflect.getOwnPropertyDescriptor(value, name) ?? {};
      // The places of a list are nobody's words, and may be a million.
      const isPlace = Array.isArray(out) && /^\d+$/.test(String(name));
      const own = isPlace ? name : typeof name === 'string' ? free(inText(name), (/** @type {string} */ taken) => Object.hasOwn(out, taken)) : copy(name, depth);
      const copied = copy(item, depth + 1);
      isSame &&= own === name && Object.is(copied, item);
      define(out, own, copied, enumerable, writable);
    }
    return isSame;
  };

  return copy(value, 0);
}

/** By which Node shows an object. */
const INSPECT = Symbol.for('nodejs.util.inspect.custom');
/** By which an object tells of itself. */
const TELLERS = ['toJSON', 'toString', Symbol.toPrimitive, INSPECT];

/** Whether it has its own way. @param {any} value @param {string | symbol} name */
function isTeller(value, name) {
  const { value: own } = member(value, name);
  return typeof own === 'function' && own !== /** @type {any} */ (Object.prototype)[name] && own !== /** @type {any} */ (Error.prototype)[name];
}

const BYTES = ['ArrayBuffer', 'SharedArrayBuffer'];
const LISTS = ['Headers', 'URLSearchParams', 'FormData'];
const MESSAGES = ['Request', 'Response'];
/** What Node shows of an object, also of what only the platform can reach. @param {any} value @param {object} [options] @returns {string | undefined} */
function shown(value, options) {
  try {
    return /** @type {any} */ (globalThis).process.getBuiltinModule('node:util').inspect(value, options);
  } catch {
    // Elsewhere nobody can look into it.
    return undefined;
  }
}

/** @param {any} out @param {string | symbol} name @param {unknown} value */
function define(out, name, value, enumerable = false, writable = true) {
  Object.defineProperty(out, name, { value, enumerable, writable, configurable: true });
}

/** A member, if it can be read. @param {any} value @param {string | symbol} name */
function member(value, name) {
  try {
    return { isGood: true, value: value[name] };
  } catch {
    return { isGood: false, value: undefined };
  }
}

/** What only a real object of a kind answers, of whatever realm it is; anybody can write the name of a kind. @type {Record<string, (value: any) => unknown>} */
const PROOF = {
  Map: (value) => Map.prototype.has.call(value, 0),
  Set: (value) => Set.prototype.has.call(value, 0),
  String: (value) => String.prototype.valueOf.call(value),
  ArrayBuffer: (value) => ArrayBuffer.prototype.slice.call(value, 0, 0),
  SharedArrayBuffer: (value) => SharedArrayBuffer.prototype.slice.call(value, 0, 0),
  RegExp: (value) => /** @type {any} */ (Reflect.getOwnPropertyDescriptor(RegExp.prototype, 'source')).get.call(value),
  URL: (value) => new URL(value.href),
  ...Object.fromEntries([...MESSAGES, 'File'].map((name) => [name, (value) => must(isOfPlatform(value, name))])),
  ...Object.fromEntries(LISTS.map((name) => [name, (value) => must([...value].every(([name]) => value.has(name)))])),
};

/** Whether an object is of a class of the platform, which keeps elsewhere what it holds: a date, a stream. @param {object} value @param {string} kind */
function isOfPlatform(value, kind) {
  const own = /** @type {any} */ (globalThis)[kind];
  return kind !== 'Object' && typeof own === 'function' && value instanceof own;
}

/** @param {boolean} isSo */
function must(isSo) {
  if (!isSo) throw new TypeError();
}

/** The name of an object's kind, if it is one. @param {object} value */
function kindOf(value) {
  const name = Object.prototype.toString.call(value).slice(8, -1);
  try {
    PROOF[name]?.(value);
    return name;
  } catch {
    return 'Object';
  }
}

/** Whether an object can be looked at. What has a name for each of its bytes is asked for none. @param {object} value */
function isReadable(value) {
  try {
    if (ArrayBuffer.isView(value)) return true;
    for (const name of Array.isArray(value) ? [] : Reflect.ownKeys(value)) Reflect.getOwnPropertyDescriptor(value, name);
    return Reflect.getPrototypeOf(value) !== undefined && kindOf(value) !== '';
  } catch {
    return false;
  }
}

/** @param {any} value */
function namesOf(value) {
  try {
    return Reflect.ownKeys(value);
  } catch {
    return [];
  }
}
