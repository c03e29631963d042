// Values that nobody expects, each made anew for every use.

/** What a hostile object throws: recognised again wherever it arrives. */
export class Mine extends Error {
  name = 'Mine';
}

const boom = () => { throw new Mine('hostile'); };

const traps = new Proxy({}, { get: () => boom });

function deep(levels) {
  let value = {};
  for (let level = 0; level < levels; level += 1) value = level % 2 ? { value } : [value];
  return value;
}

function cyclic() {
  const value = { list: [] };
  value.self = value;
  value.list.push(value);
  return value;
}

function revoked(target) {
  const { proxy, revoke } = Proxy.revocable(target, {});
  revoke();
  return proxy;
}

/** An object each of whose members throws when it is read. */
function throwing(names) {
  return Object.defineProperties({}, Object.fromEntries(names.map((name) => [name, { enumerable: true, get: boom }])));
}

const NAMES = [
  'id', 'title', 'provider', 'baseUrl', 'credential', 'name', 'fetch', 'signal', 'status', 'then', 'toString', 'url', 'href',
  'type', 'parts', 'schemes', 'scheme', 'code', 'message', 'details', 'cause', 'constructor', 'addEventListener', 'aborted', 'reason',
];

/** `{ what: make }`; with another realm there are a few more. */
export function values(realm) {
  return {
    undefined: () => undefined,
    null: () => null,
    true: () => true,
    zero: () => 0,
    'a negative number': () => -1.5,
    NaN: () => NaN,
    infinity: () => Infinity,
    'a BigInt': () => 10n ** 30n,
    'a symbol': () => Symbol('hostile'),
    'a well-known symbol': () => Symbol.iterator,
    'an empty text': () => '',
    'a lone surrogate': () => '\ud800',
    'surrogates the wrong way round': () => '\udc00\ud800x',
    'a null character': () => 'a\u0000b',
    'the name of a member': () => '__proto__',
    'an array': () => [],
    'a sparse array': () => Object.assign([], { length: 5 }),
    'a long array of nothing': () => new Array(100_000),
    'an object': () => ({}),
    'an object without a prototype': () => Object.create(null),
    'an object with a foreign prototype': () => Object.create({ id: 'x', provider: 'keylatch', toString: boom }),
    'an object that pollutes': () => JSON.parse('{"__proto__": {"polluted": true}, "constructor": {"prototype": {"polluted": true}}}'),
    'a String object': () => new String('text'),
    'a Number object': () => new Number(1),
    'a date': () => new Date(0),
    'an invalid date': () => new Date(NaN),
    'a function': () => () => {},
    'a class': () => class {},
    'a generator': () => (function* () { yield 1; })(),
    'a promise': () => Promise.resolve('x'),
    'a promise that never settles': () => new Promise(() => {}),
    'a thenable that throws': () => ({ then: boom }),
    'a Map': () => new Map([['id', 'x']]),
    'a Set': () => new Set(['x']),
    'a typed array': () => new Float64Array(4),
    'an ArrayBuffer': () => new ArrayBuffer(8),
    'a regular expression': () => /x/g,
    'an error': () => new RangeError('hostile'),
    'an error that looks like ours': () => Object.assign(new Error('x'), { code: 'toString', details: [{}], problem: { code: 'valueOf' } }),
    'a URL': () => new URL('https://service.example/'),
    'the global object': () => globalThis,
    'a WeakRef': () => new WeakRef({}),
    'a cyclic object': cyclic,
    'deep nesting': () => deep(100),
    'nesting without an end': () => deep(20_000),
    'a proxy that throws on anything': () => new Proxy({}, traps),
    'a function proxy that throws on anything': () => new Proxy(() => {}, traps),
    'an array proxy that throws on anything': () => new Proxy([], traps),
    'a revoked proxy': () => revoked({}),
    'a revoked array proxy': () => revoked([]),
    'a revoked function proxy': () => revoked(() => {}),
    'a proxy that lies': () => new Proxy({}, { get: (_, name) => `${String(name)}`, has: () => true, ownKeys: () => ['length', 'id'], getOwnPropertyDescriptor: () => ({ enumerable: true, configurable: true, value: 1 }) }),
    'an array proxy that lies about its length': () => new Proxy([], { get: (target, name) => (name === 'length' ? 1e6 : name === 'map' ? boom : target[name]) }),
    'members that throw': () => throwing(NAMES),
    'an array whose items throw': () => Object.defineProperty([1], 0, { enumerable: true, get: boom }),
    'what cannot become a text': () => ({ toString: boom, valueOf: boom, [Symbol.toPrimitive]: boom }),
    'what becomes an object when it should become a text': () => ({ toString: () => ({}), valueOf: () => ({}) }),
    'what has a throwing tag': () => Object.defineProperty({}, Symbol.toStringTag, { get: boom }),
    ...(realm && {
      'an object of another realm': () => new realm.Object(),
      'an array of another realm': () => new realm.Array('x'),
      'a date of another realm': () => new realm.Date(NaN),
      'a function of another realm': () => realm.parseInt,
      'an error of another realm': () => new realm.Error('hostile'),
      'another realm': () => realm,
    }),
  };
}

/** Long texts, for where a text is taken at all. */
export const longTexts = {
  'ten megabytes': () => 'x'.repeat(1e7),
  'ten megabytes of lone surrogates': () => '\ud800'.repeat(5e6),
};
