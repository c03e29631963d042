// What is redacted of values, and how each logger takes it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect, types } from 'node:util';
import { runInNewContext } from 'node:vm';

import '../sources.js';

const { createRedactor, extractKeys, redact } = await import('../../pkg/entries/redact.js');
const { Secret } = await import('../../pkg/entries/offline.js');
const { exampleKey } = await import('../../pkg/entries/catalogue.js');

const KEY = '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';
const OUT = 'ghp_[redacted]';

test('the structure of a value is kept, and each text in it is redacted', () => {
  class Session {
    constructor() {
      this.token = KEY;
      this.at = new Date(0);
    }
  }
  const cyclic = { name: `a ${KEY}`, list: [1, null, undefined, KEY, [KEY]], session: new Session(), map: new Map([[KEY, new Set([KEY])]]) };
  cyclic.self = cyclic;
  cyclic.list.push(cyclic);
  const symbol = Symbol('level');
  cyclic[symbol] = KEY;
  const out = redact(cyclic);
  assert.ok(!inspect(out, { depth: 9 }).includes(KEY));
  assert.equal(out.self, out);
  assert.equal(out.list.at(-1), out);
  assert.equal(out.name, `a ${OUT}`);
  assert.equal(out[symbol], OUT);
  assert.ok(out.session instanceof Session && out.session.at === cyclic.session.at);
  assert.deepEqual([...out.map.get(OUT)], [OUT]);
  // What was given is as it was.
  assert.equal(cyclic.list[3], KEY);
});

test('an error stays one, with its cause and its stack', () => {
  const error = new TypeError(`no ${KEY}`, { cause: new Error(KEY) });
  Object.assign(error, { headers: { authorization: `Bearer ${KEY}` } });
  const out = redact(error);
  assert.ok(out instanceof TypeError && out.cause instanceof Error);
  assert.equal(out.message, `no ${OUT}`);
  assert.equal(out.name, 'TypeError');
  assert.ok(!out.stack.includes(KEY) && out.stack.includes(OUT));
  assert.equal(out.headers.authorization, `Bearer ${OUT}`);
});

test('bytes stay bytes; what holds no text stays what it is', () => {
  const bytes = Buffer.from(`x ${KEY}`);
  assert.ok(Buffer.isBuffer(redact(bytes)));
  assert.equal(redact(bytes).toString(), `x ${OUT}`);
  assert.equal(redact({ bytes: new Uint8Array(bytes) }).bytes.constructor, Uint8Array);
  const clean = Buffer.from('nothing');
  assert.equal(redact(clean), clean);
  const secret = new Secret(KEY);
  const others = [1, true, null, undefined, 1n, Symbol.iterator, new Date(), /x/, secret, new Float64Array(2), () => KEY, Promise.resolve()];
  for (const same of others) assert.equal(redact(same), same);
  secret[Symbol.dispose]();
});

test('what the platform made is made anew where it holds a key, and else is the same', () => {
  const headers = redact(new Headers({ authorization: `Bearer ${KEY}`, accept: 'a' }));
  assert.ok(headers instanceof Headers);
  assert.deepEqual([...headers], [['accept', 'a'], ['authorization', `Bearer ${OUT}`]]);
  // A mask has a sign that no header can hold.
  assert.equal(createRedactor({ keep: 'mask' }).redact(new Headers({ a: KEY })).get('a'), 'ghp_...Lq17');
  const query = redact(new URLSearchParams([['a', KEY], ['a', 'b']]));
  assert.ok(query instanceof URLSearchParams);
  assert.deepEqual(query.getAll('a'), [OUT, 'b']);
  const form = new FormData();
  form.append('token', KEY);
  form.append('file', new Blob(['x']), 'name');
  const filled = redact(form);
  assert.equal(filled.get('token'), OUT);
  assert.equal(filled.get('file').name, 'name');
  const url = redact(new URL(`https://example.com/?key=${KEY}`));
  assert.ok(url instanceof URL);
  assert.equal(url.searchParams.get('key'), OUT);
  class Session {
    #user = 'u';
    get user() {
      return this.#user;
    }
  }
  const session = Object.assign(new Session(), { id: 1 });
  const same = [
    new Headers({ a: 'b' }), new URLSearchParams('a=b'), new FormData(), new URL('https://example.com/'), new Request('https://example.com/'), new Response('x'),
    new AbortController().signal, new Blob([]), session, new Map([[1, 2]]).entries(), Object(1), Object(Symbol('x')), new Uint16Array(2), new ArrayBuffer(4),
  ];
  for (const one of same) {
    assert.equal(redact(one), one);
    assert.equal(redact({ deep: [one] }).deep[0], one);
  }
  const request = redact(new Request(`https://example.com/?key=${KEY}`, { method: 'PUT', headers: { authorization: `Bearer ${KEY}` }, body: 'x' }));
  assert.deepEqual([request.method, request.url, request.headers.get('authorization')], ['PUT', `https://example.com/?key=${OUT}`, `Bearer ${OUT}`]);
  assert.equal(redact(new Response('x', { status: 201, headers: { a: KEY } })).status, 201);
  assert.equal(redact({ session }).session.user, 'u');
  assert.equal(redact(Object.assign(new Session(), { token: KEY })).token, OUT);
});

test('what the platform tells of an object beside its content', () => {
  const made = [
    new Response('x', { statusText: KEY }), Object.assign(Promise.resolve(1), { url: KEY }), Object.assign(new Date(0), { token: KEY }),
    Object.assign(new AbortController().signal, { token: KEY }),
  ];
  for (const one of made) {
    const out = redact({ one }).one;
    assert.equal(Object.getPrototypeOf(out).constructor.name.replace('Object', 'Response'), one.constructor.name);
    assert.ok(!inspect(out, { depth: 9, getters: true }).includes(KEY) && !JSON.stringify([out]).includes(KEY), inspect(out));
  }
});

test('bytes of every kind', () => {
  const bytes = Buffer.from(`x ${KEY}`);
  const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length);
  for (const made of [new Uint8Array(buffer), new Uint8ClampedArray(buffer), new Int8Array(buffer), new DataView(buffer), buffer]) {
    const out = redact({ made }).made;
    assert.equal(out.constructor, made.constructor);
    assert.equal(Buffer.from(out.buffer ?? out, out.byteOffset, out.byteLength).toString(), `x ${OUT}`);
  }
  const gone = new ArrayBuffer(8);
  structuredClone(gone, { transfer: [gone] });
  assert.equal(redact(gone), gone);
});

test('errors: several in one, of the platform, of another realm, with members that are computed', () => {
  const several = redact(new AggregateError([new Error(KEY), KEY], KEY));
  assert.ok(several instanceof AggregateError);
  assert.deepEqual([several.message, several.errors[0].message, several.errors[1]], [OUT, OUT, OUT]);
  const aborted = redact(new DOMException(`no ${KEY}`, 'AbortError'));
  assert.ok(aborted instanceof DOMException);
  assert.deepEqual([aborted.name, aborted.message], ['AbortError', `no ${OUT}`]);
  class Refused extends Error {
    get name() {
      return `Refused ${KEY}`;
    }
  }
  const refused = redact(new Refused(KEY));
  assert.deepEqual([refused instanceof Refused, refused.name, refused.message], [true, `Refused ${OUT}`, OUT]);
  const foreign = redact(runInNewContext(`({ error: new Error('${KEY}'), map: new Map([['a', '${KEY}']]), set: new Set(['${KEY}']), bytes: Uint8Array.from('${KEY}', (letter) => letter.charCodeAt(0)) })`));
  assert.ok(!inspect(foreign, { depth: 9 }).includes(KEY));
  assert.equal(foreign.error.message, OUT);
  assert.equal(Buffer.from(foreign.bytes).toString(), OUT);
  const cyclic = new Error(KEY);
  cyclic.cause = cyclic;
  const out = redact(cyclic);
  assert.equal(out.cause, out);
  assert.ok(types.isNativeError(out) && !inspect(out).includes(KEY));
});

test('entries whose names become one are both there', () => {
  const other = 'ghp_16C7e42F292c6912E7710c838347Ae00ql8s';
  const [first, second] = [KEY, exampleKey('github', 'personal-access-token-classic')];
  assert.deepEqual(redact({ [first]: 1, [second]: 2, [OUT]: 3, [other]: 4 }), { [OUT]: 1, [`${OUT} (2)`]: 2, [`${OUT} (3)`]: 3, [other]: 4 });
  assert.deepEqual([...redact(new Map([[first, 1], [second, 2]]))], [[OUT, 1], [`${OUT} (2)`, 2]]);
  assert.deepEqual([...redact(new Set([first, second]))], [OUT, `${OUT} (2)`]);
});

test('an object that only says what it is', () => {
  for (const name of ['Map', 'Set', 'Headers', 'Uint8Array', 'ArrayBuffer', 'DataView', 'URL', 'String', 'FormData', 'Promise', 'Date', 'Error']) {
    const out = redact({ [Symbol.toStringTag]: name, token: KEY, href: KEY, byteLength: 3 });
    assert.equal(out.token, OUT, name);
  }
  const strange = {
    get [Symbol.toStringTag]() {
      throw new Error(KEY);
    },
  };
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  const closed = new Proxy({ token: KEY }, { ownKeys() { throw new Error('no'); } });
  assert.deepEqual(redact({ strange, proxy, closed, good: new Proxy({ token: KEY }, {}) }), { strange: '[unreadable]', proxy: '[unreadable]', closed: '[unreadable]', good: { token: OUT } });
  assert.equal(String(redact(new String(KEY))), OUT);
});

test('frozen, without a prototype, with symbols, setters, holes and members of arrays', () => {
  const frozen = Object.freeze({ token: KEY, list: Object.freeze([KEY]) });
  assert.deepEqual(redact(frozen), { token: OUT, list: [OUT] });
  const symbol = Symbol('s');
  assert.equal(redact(Object.assign(Object.create(null), { [symbol]: KEY }))[symbol], OUT);
  assert.equal(Object.getPrototypeOf(redact(Object.create(null))), null);
  assert.deepEqual(redact({ get token() { return KEY; }, set other(_) {} }), { token: OUT, other: undefined });
  const list = Object.assign([, KEY], { token: KEY });
  const out = redact(list);
  assert.deepEqual([out.length, 0 in out, out[1], out.token], [2, false, OUT, OUT]);
  assert.deepEqual(Object.keys(redact(JSON.parse(`{"__proto__":"${KEY}"}`))), ['__proto__']);
});

test('what is shown of symbols, functions, patterns and subclasses', () => {
  const described = Symbol(`s ${KEY}`);
  const out = redact({ [described]: 1, value: described, again: described, plain: Symbol.iterator });
  assert.deepEqual([out.value.description, out.again, out.plain], [`s ${OUT}`, out.value, Symbol.iterator]);
  assert.deepEqual(Object.getOwnPropertySymbols(out), [out.value]);
  const called = Object.assign((a, b) => a + b, { token: KEY });
  const own = redact({ called }).called;
  assert.deepEqual([own(1, 2), own.token, own.name], [3, OUT, called.name]);
  class Service {
    static token = KEY;
  }
  assert.ok(!inspect(redact({ Service })).includes(KEY));
  assert.ok(new (redact(Service))() instanceof Service);
  const same = Object.assign(() => {}, { id: 1 });
  assert.equal(redact(same), same);
  assert.equal(String(redact(new RegExp(`^${KEY}$`, 'g'))), `/^${OUT}$/g`);
  class Session extends Map {
    token = KEY;
  }
  const session = redact(new Session([['a', KEY]]));
  assert.deepEqual([session.get('a'), session.token], [OUT, OUT]);
});

test('what an object tells in JSON is redacted, also where only itself can reach it', () => {
  class Session {
    #token = KEY;
    get token() {
      return this.#token;
    }
    toJSON() {
      return { token: this.#token };
    }
  }
  const told = (value) => JSON.stringify(redact(value));
  assert.equal(told(new Session()), `{"token":"${OUT}"}`);
  assert.equal(told({ list: [new Session()] }), `{"list":[{"token":"${OUT}"}]}`);
  // A copy of it has no #token, so its own method would fail.
  assert.equal(told(Object.assign(new Session(), { other: KEY })), `{"token":"${OUT}"}`);
  assert.equal(told({ toJSON: () => KEY }), `"${OUT}"`);
  class Clean {
    #id = 1;
    toJSON() {
      return { id: this.#id };
    }
  }
  class Failing {
    toJSON() {
      throw new Error('no');
    }
  }
  for (const same of [new Clean(), new Failing()]) assert.equal(redact(same), same);
  const cyclic = { toJSON: () => cyclic };
  assert.ok(redact(cyclic));
});

test('what an object tells of itself in any other way is redacted too, and never fails for what is private', () => {
  class Session {
    #token;
    constructor(token) {
      this.#token = token;
    }
    get token() {
      return this.#token;
    }
    toString() {
      return `session ${this.#token}`;
    }
    [inspect.custom](depth, options) {
      return options.stylize(`Session<${this.#token}>`, 'special');
    }
  }
  class Failed extends Error {
    #token = KEY;
    get token() {
      return { token: this.#token };
    }
    toJSON() {
      return { told: this.message, token: this.#token };
    }
    get [Symbol.toStringTag]() {
      return this.#token.slice(0, 4);
    }
  }
  for (const session of [new Session(KEY), Object.assign(new Session(KEY), { other: KEY })]) {
    const out = redact({ session }).session;
    assert.equal(inspect(out), `Session<${OUT}>`);
    assert.deepEqual([`${out}`, out.token, out instanceof Session], [`session ${OUT}`, OUT, true]);
  }
  const clean = new Session('none');
  assert.equal(redact({ clean }).clean, clean);
  const failed = redact(new Failed(`no ${KEY}`));
  assert.equal(JSON.stringify(failed), `{"told":"no ${OUT}","token":"${OUT}"}`);
  assert.deepEqual(failed.token, { token: OUT });
  assert.ok(failed instanceof Failed && !inspect(failed).includes(KEY));
  class Amount {
    constructor() {
      this.note = KEY;
    }
    [Symbol.toPrimitive](hint) {
      return hint === 'number' ? 7 : KEY;
    }
  }
  const amount = redact(new Amount());
  assert.deepEqual([+amount, `${amount}`], [7, OUT]);
});

test('bytes under numbers, and bytes that are shared', () => {
  const bytes = Buffer.from(KEY.padEnd(48));
  const { buffer } = new Uint8Array(bytes);
  for (const made of [new Uint16Array(buffer), new Int32Array(buffer), new Float32Array(buffer), new Float64Array(buffer), new BigUint64Array(buffer)]) {
    const out = redact({ made }).made;
    assert.equal(out.constructor, made.constructor);
    assert.ok(Buffer.from(out.buffer, out.byteOffset, out.byteLength).toString().startsWith(OUT), made.constructor.name);
    assert.equal(redact(made.slice(-1)).length, 1);
  }
  const shared = new SharedArrayBuffer(48);
  new Uint8Array(shared).set(bytes);
  const out = redact(shared);
  assert.ok(out instanceof SharedArrayBuffer && Buffer.from(out).toString().startsWith(OUT));
  assert.ok(Buffer.from(redact(new Uint8Array(shared))).toString().startsWith(OUT));
});

test('bytes are not looked at one by one', () => {
  const names = [];
  const proxied = Reflect.ownKeys;
  Reflect.ownKeys = (value) => (ArrayBuffer.isView(value) && names.push(value), proxied(value));
  try {
    redact({ bytes: Buffer.alloc(9), more: [new Uint8Array(9), new Uint16Array(9), new DataView(new ArrayBuffer(9))] });
  } finally {
    Reflect.ownKeys = proxied;
  }
  assert.equal(names.length, 0);
});

test('hostile values end', () => {
  const deep = {};
  let at = deep;
  for (let i = 0; i < 100_000; i++) at = at.next = {};
  assert.ok(inspect(redact(deep), { depth: 300 }).includes('[too deep]'));
  for (const within of [(inner) => [inner], (inner) => new Map([[inner, inner]]), (inner) => new Set([inner]), (inner) => new Error('e', { cause: inner }), (inner) => ({ toJSON: () => inner, inner })]) {
    let value = KEY;
    for (let i = 0; i < 100_000; i++) value = within(value);
    assert.ok(!inspect(redact(value), { depth: 300 }).includes(KEY));
  }
  assert.deepEqual(redact({ get bad() { throw new Error('no'); }, good: KEY }), { good: OUT });
  assert.equal(redact(Object.assign(Object.create(null), { a: KEY })).a, OUT);
});

test('what stays of a key is said, and what is looked for', () => {
  assert.equal(createRedactor({ keep: 'none' }).redact(KEY), '[redacted]');
  assert.equal(createRedactor({ keep: 'mask' }).redact(KEY), 'ghp_…Lq17');
  assert.equal(createRedactor({ formats: ['stripe'] }).redact(KEY), KEY);
  assert.equal(createRedactor({ allow: [KEY] }).redact(KEY), KEY);
  assert.equal(createRedactor({ allow: [new Secret('x'.repeat(9))] }).redact(KEY), OUT);
  // Identifiers and publishable keys stay, unless they are asked for.
  const id = 'AKIAQ3EGRIT3VZ2M7XKN';
  const publishable = 'pk_live_4eC39HqLyjWDarjtT1zdp7dc';
  assert.equal(redact(`${id} ${publishable}`), `${id} ${publishable}`);
  const asked = createRedactor({ formats: ['aws/access-key-long-term', 'stripe/publishable-live'] });
  assert.equal(asked.redact(`${id} ${publishable}`), 'AKIA[redacted] pk_live_[redacted]');
  const acme = { id: 'acme', title: 'Acme', format: { parts: ['ak(', { alphabet: 'base62', length: { min: 20, max: 22 } }, ['-x', '-y']] } };
  assert.equal(createRedactor({ formats: [acme], keep: 'none' }).redact('k=ak(AbCdEfGhIjKlMnOpQrSt-y.'), 'k=[redacted].');
  for (const options of [{ keep: 'all' }, { formats: 'github' }, { allow: KEY }, { format: [] }, { formats: ['mistral'] }, { formats: ['github/none'] }, null]) {
    assert.throws(() => createRedactor(options), { code: 'invalid_argument' });
  }
  assert.throws(() => createRedactor({ formats: ['nobody'] }), { code: 'unknown_provider' });
});

test('keys in a text are told with their places', () => {
  const text = `é ${KEY}\n😀 AKIAQ3EGRIT3VZ2M7XKN npm_qkJaB6MffYVzZXWqmcoF49yrUxP3wf0lSAKp`;
  const found = extractKeys(text);
  assert.deepEqual(
    found.map(({ key, ...about }) => ({ text: key.expose(), ...about })),
    [
      { text: KEY, index: 2, length: 40, provider: 'github', certainty: 'documented', kind: 'personal-access-token-classic', purpose: 'secret' },
      { text: 'AKIAQ3EGRIT3VZ2M7XKN', index: 46, length: 20, provider: 'aws', certainty: 'documented', kind: 'access-key-long-term', purpose: 'identifier' },
      { text: 'npm_qkJaB6MffYVzZXWqmcoF49yrUxP3wf0lSAKp', index: 67, length: 40, provider: 'npm', certainty: 'observed', kind: 'access-token', purpose: 'secret', doubtful: true },
    ],
  );
  for (const { key, index, length } of found) {
    assert.equal(text.slice(index, index + length), key.expose());
    key[Symbol.dispose]();
  }
  assert.throws(() => extractKeys(1), { code: 'invalid_argument' });
});

test('the places of a list are not searched', async () => {
  const { deep } = await import('../../pkg/redact/values.js');
  const looked = [];
  const look = (text) => (looked.push(text), text);
  const list = Object.assign([1, 2, 'three'], { name: 4 });
  assert.deepEqual(deep(list, look, (bytes) => bytes), list);
  assert.deepEqual(looked, ['three', 'name']);
});
