// tests/vectors/*.json, which the tests in Rust read too. Their README says what a
// row means.

import { equal, fail, includes, ok, refused, same } from '../support/assert.js';

const KEY = 'a-key-of-mine-0123';

export default ({ keylatch, vectors: { formats, checks, headers, retry, dates } }) => {
  const { authHeaders, checkKey, defineProvider, generateKey, KeyClient, maskKey } = keylatch;

  /** The rows of a table, of which there are some. */
  const rows = (table) => (table.length > 0 ? table : fail('the table is empty'));
  const acme = (rest) => ({ id: 'acme', title: 'Acme', ...rest });
  const withFormat = (format) => defineProvider(acme({ format }));
  const service = (name) => (name === null ? defineProvider(acme()) : withFormat(formats.formats[name]));
  const endpoints = { list: '/keys', create: { method: 'POST', path: '/keys', body: { name: '{name}' } } };
  const client = (answer, rest) => {
    const { timeUnit, ...options } = rest;
    const provider = acme({ baseUrl: 'https://h.example', endpoints, timeUnit });
    return new KeyClient({ provider, credential: KEY, fetch: async () => answer(), ...options });
  };

  /**
   * The pauses of a call to a service whose every answer is this, and its error. No
   * time passes: the timer of a pause fires at once, and that of a timeout never.
   */
  const failure = async (answer, { repeatable = true, retries = 1, now } = {}) => {
    const { setTimeout } = globalThis;
    const { now: today } = Date;
    const pauses = [];
    let time = 0;
    globalThis.setTimeout = (then, milliseconds) => {
      if (milliseconds > 10_000) return;
      pauses.push(milliseconds);
      queueMicrotask(() => {
        time += milliseconds;
        then();
      });
    };
    performance.now = () => time;
    if (now) Date.now = () => Date.parse(now);
    try {
      const acme = client(answer, { retries });
      const call = repeatable ? acme.list().next() : acme.create({ name: 'ci' });
      return { error: await call.then(() => fail('it should have failed'), (error) => error), pauses };
    } finally {
      globalThis.setTimeout = setTimeout;
      delete performance.now;
      Date.now = today;
    }
  };

  return [
    {
      name: 'each format is that of its keys',
      run() {
        same(keylatch.providers().find(({ id }) => id === 'keylatch').format, formats.formats.keylatch);
        for (const { format, text, prefix } of rows(formats.keys)) {
          const { ok: isGood, prefix: found = null } = checkKey(service(format), text);
          same({ isGood, found }, { isGood: true, found: prefix }, text);
          for (const wrong of [text.slice(1), text.slice(0, -1), `${text}\u007f`, `~${text.slice(1)}`]) {
            equal(checkKey(service(format), wrong).ok, false, wrong);
          }
        }
        for (const format of Object.values(formats.formats)) {
          for (let n = 0; n < 50; n += 1) equal(checkKey(withFormat(format), generateKey(format).expose()).ok, true);
        }
      },
    },
    {
      name: 'an alphabet has its characters and no others',
      run() {
        for (const [alphabet, characters] of Object.entries(formats.alphabets)) {
          const one = withFormat({ parts: [{ alphabet, length: 1 }], certainty: 'documented' });
          for (let code = 0; code < 128; code += 1) {
            const text = String.fromCharCode(code);
            equal(checkKey(one, text).ok, characters.includes(text), `${alphabet} ${code}`);
          }
        }
      },
    },
    {
      name: 'a checksum is the last digits of the CRC-32',
      run() {
        for (const { over, digits } of rows(formats.checksums)) {
          for (const covers of ['body', 'all']) {
            const parts = [{ alphabet: 'base62', length: over.length }, { checksum: 'crc32', covers, length: digits.length }];
            const summed = withFormat({ parts, certainty: 'documented' });
            equal(checkKey(summed, over + digits).ok, true, over);
            for (const at of digits.split('').keys()) {
              const wrong = over + digits.slice(0, at) + (digits[at] === '0' ? '1' : '0') + digits.slice(at + 1);
              equal(checkKey(summed, wrong).ok, false, wrong);
            }
          }
        }
      },
    },
    {
      name: 'a mask shows what it may',
      run() {
        for (const { text, masked } of rows(formats.masks)) equal(maskKey(text), masked, text);
      },
    },
    {
      name: 'a format that cannot be used is refused with its place',
      async run() {
        for (const { parts, at } of rows(formats.refused)) {
          const error = await refused(keylatch, 'invalid_provider', () => withFormat({ parts, certainty: 'documented' }));
          includes(error.message, `format.${at}`, JSON.stringify(parts));
        }
      },
    },
    {
      name: 'every problem is found at its place and no other',
      run() {
        for (const { format, text, problems } of rows(checks.cases)) {
          const check = checkKey(service(format), text);
          const found = check.ok ? [] : check.problems.map(({ code, index }) => [code, index]);
          same(found, problems, JSON.stringify(text));
          same(check.ok, problems.length === 0, JSON.stringify(text));
          for (const { message } of check.problems ?? []) ok(/^\S.+\.$/.test(message) && !message.includes('{0}'), message);
        }
      },
    },
    {
      name: 'a key is sent in its header or refused with its place',
      async run() {
        for (const { scheme, key, header: [name, value] } of rows(headers.sent)) {
          same(authHeaders(acme({ schemes: [scheme] }), key), { [name]: value }, key);
        }
        for (const { scheme, key, at } of rows(headers.refused)) {
          // What stands around a key is told of before its header is made.
          const isAround = /^ |[ \u0085]$/.test(key);
          const error = await refused(keylatch, isAround ? 'invalid_key' : 'invalid_header', () => authHeaders(acme({ schemes: [scheme] }), key), JSON.stringify(key));
          if (!isAround) includes(error.message, `at index ${at} `, JSON.stringify(key));
        }
      },
    },
    {
      name: 'a request is tried again when that is worth it',
      async run() {
        for (const { value, seconds, pause, now } of [...rows(retry.retryAfter), ...rows(retry.dates)]) {
          const answer = () => new Response(null, { status: 429, headers: { 'retry-after': value } });
          const { error, pauses } = await failure(answer, { now });
          same([error.code, error.retryAfter ?? null, pauses[0] ?? null], ['rate_limited', seconds, pause], value);
        }
        const broken = () => {
          throw new TypeError('no answer came');
        };
        for (const { failure: what, repeatable, pause } of rows(retry.triedAgain)) {
          const answer = what === 'network' ? broken : () => new Response(null, { status: what });
          const { pauses } = await failure(answer, { repeatable });
          equal(pauses[0] ?? null, pause, `${what} ${repeatable}`);
        }
        for (let retries = 0; retries <= 10; retries += 1) {
          const { pauses } = await failure(broken, { retries });
          same(pauses, rows(retry.pauses).slice(0, retries));
        }
      },
    },
    {
      name: 'a time is a real moment or none',
      async run() {
        const told = async (timeUnit, value) => {
          const body = `{"items":[{"id":"k1","created_at":${value},"expires_at":${value},"last_used_at":${value},"revoked_at":${value}}]}`;
          const { value: key } = await client(() => new Response(body), { timeUnit }).list().next();
          const times = [key.createdAt, key.expiresAt, key.lastUsedAt, key.revokedAt].map((time) => time?.getTime() ?? null);
          same(times, times.map(() => times[0]), value);
          return times[0];
        };
        for (const { text, millis } of rows(dates.texts)) {
          for (const unit of ['s', 'ms']) equal(await told(unit, JSON.stringify(text)), millis, text);
        }
        for (const { json, seconds, milliseconds } of rows(dates.numbers)) {
          same([await told('s', json), await told('ms', json)], [seconds, milliseconds], json);
        }
        for (const { text, days } of rows(dates.days)) equal(await told('s', `"${text}T00:00:00Z"`), days * 86_400_000, text);
      },
    },
  ];
};
