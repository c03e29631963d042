// What is redacted of values, and how each logger takes it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';

import '../sources.js';

const { createRedactor, extractKeys, forOpenTelemetry, forPino, forWinston, redact, redactConsole } = await import('../../pkg/entries/redact.js');
const { Secret } = await import('../../pkg/entries/offline.js');

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

test('hostile values end', () => {
  const deep = {};
  let at = deep;
  for (let i = 0; i < 100_000; i++) at = at.next = {};
  assert.ok(inspect(redact(deep), { depth: 300 }).includes('[too deep]'));
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

test('each logger takes it in one line', () => {
  assert.equal(forPino().hooks.streamWrite(`{"msg":"${KEY}"}\n`), `{"msg":"${OUT}"}\n`);
  const level = Symbol.for('level');
  const info = forWinston().transform({ message: KEY, [level]: 'info' });
  assert.deepEqual([info.message, info[level]], [OUT, 'info']);
  const lines = [];
  const target = { log: (...values) => lines.push(values) };
  const undo = redactConsole(target);
  target.log('a', KEY, { KEY });
  undo();
  target.log(KEY);
  assert.deepEqual(lines, [['a', OUT, { KEY: OUT }], [KEY]]);
  const span = {
    name: `GET ${KEY}`, attributes: { 'http.url': KEY, list: [KEY] }, status: { code: 2, message: KEY },
    events: [{ name: 'exception', attributes: { 'exception.message': KEY } }], links: [{ attributes: { a: KEY } }],
  };
  forOpenTelemetry().onEnd(span);
  assert.ok(!JSON.stringify(span).includes(KEY));
  assert.equal(span.status.code, 2);
});
