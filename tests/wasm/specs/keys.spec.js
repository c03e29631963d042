// Is this a key, how is it sent, can I issue my own: without asking anyone.

import { equal, includes, ok, refused, same } from '../support/assert.js';

export default ({ keylatch }) => {
  const { authHeaders, checkKey, checkKeys, generateKey, hashKey, identifyKey, maskKey, verifyKey, RevealOnce, Secret } = keylatch;
  const key = generateKey().expose();
  const codes = (check) => check.problems.map(({ code }) => code);

  return [
    {
      name: 'a good key is good, and it is said how sure that is',
      run() {
        same(checkKey('keylatch', key), { ok: true, provider: 'keylatch', certainty: 'documented', prefix: 'kl_live_' });
        equal(checkKey('keylatch', generateKey('test').expose()).prefix, 'kl_test_');
      },
    },
    {
      name: 'many keys at once, as a text or as any view of bytes',
      run() {
        const text = `${key}\n${key}x\n`.repeat(2_000);
        const bytes = new TextEncoder().encode(text);
        // As many bytes as a view of pairs can have.
        ok(bytes.length % 2 === 0 && bytes.length > 65_536);
        for (const lines of [text, bytes, new DataView(bytes.buffer), new Uint16Array(bytes.buffer), new Int8Array(bytes.buffer)]) {
          const statuses = checkKeys('keylatch', lines);
          equal(statuses.length, 4_000);
          ok(statuses.every((status, at) => status === (at % 2 === 0 ? 'ok' : statuses[1])) && statuses[1] !== 'ok', lines.constructor.name);
        }
      },
    },
    {
      name: 'an index counts as JavaScript does',
      run() {
        const text = `${key.slice(0, 10)}🔑${key.slice(12, 20)}!${key.slice(21)}`;
        equal(text.length, key.length);
        for (const mark of ['🔑', '!']) {
          ok(checkKey('keylatch', text).problems.some(({ index }) => text.slice(index).startsWith(mark)), mark);
        }
      },
    },
    {
      name: 'no text makes it throw',
      run() {
        for (const text of ['\u0000', '\ud800', 'a\udfff', '‮', '💥'.repeat(1000), '{}', '__proto__', 'x'.repeat(100_000)]) {
          equal(typeof checkKey('keylatch', text).ok, 'boolean');
          ok(Array.isArray(identifyKey(text)));
          equal(typeof maskKey(text), 'string');
        }
      },
    },
    {
      name: 'ten megabytes of anything are checked in a moment, and problems are counted in dozens',
      run() {
        for (const text of ['x'.repeat(1e7), '!'.repeat(1e7), ' '.repeat(1e7), 'а'.repeat(5e6), '\ud800'.repeat(3e6), `kl_live_${'0'.repeat(1e7)}`]) {
          const check = checkKey('keylatch', text);
          equal(check.ok, false);
          ok(check.problems.length < 200, `${check.problems.length} problems`);
          ok(JSON.stringify(check).length < 50_000);
          ok(maskKey(text).length < 40);
        }
      },
    },
    {
      name: 'an unknown text is recognised by what is known of the services',
      run() {
        equal(identifyKey(key)[0].provider, 'keylatch');
        for (const check of identifyKey('no such thing')) ok(check.certainty !== 'documented');
      },
    },
    {
      name: 'whose key it looks like is said whatever stands around the key',
      run() {
        const lambda = `secret_robot_${'0a'.repeat(16)}.${'Ab1'.repeat(10)}Ab`;
        equal(checkKey('lambda', lambda).ok, true);
        for (const text of [lambda, `${lambda}\n`, `Bearer ${lambda}`, `LAMBDA_API_KEY=${lambda}`, `"${lambda}"`, `\u200b${lambda.slice(0, 20)}\n${lambda.slice(20)}`]) {
          same(checkKey('conduce', text).looksLike, ['lambda'], JSON.stringify(text));
          same(checkKey('keylatch', text).looksLike, ['lambda'], JSON.stringify(text));
        }
        for (const text of ['', 'Bearer ', `${lambda}!`, `"${lambda.slice(0, -1)}"`]) same(checkKey('conduce', text).looksLike, [], text);
        same(checkKey('keylatch', ` ${key}`).looksLike, [], 'the service itself is no other');
        // What surrounds a key is no part of one.
        ok(identifyKey(`"${lambda}"`).every(({ provider }) => provider !== 'lambda'));
      },
    },
    {
      name: 'a mask is enough to recognise a key by and not enough to use it',
      run() {
        equal(maskKey(key), `kl_live_…${key.slice(-4)}`);
        equal(maskKey('hunter2'), '…');
      },
    },
    {
      name: 'keys that are issued differ, and are kept as a hash',
      async run() {
        const keys = new Set(Array.from({ length: 200 }, () => generateKey().expose()));
        equal(keys.size, 200);
        // RFC 6234, or any sha256sum.
        equal(hashKey('abc'), 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
        const secret = generateKey();
        equal(hashKey(secret), hashKey(secret.expose()));
        equal(verifyKey(secret, hashKey(secret)), true);
        equal(verifyKey(generateKey(), hashKey(secret)), false);
        // As long as a key can be, in characters of three bytes; and one more.
        const longest = new Secret('\u20ac'.repeat(16_384));
        equal(verifyKey(longest, hashKey(longest)), true);
        const longer = new Secret('x'.repeat(65_500));
        for (const call of [() => hashKey(longer), () => verifyKey(longer, hashKey(secret))]) {
          const { message } = await refused(keylatch, 'invalid_argument', call);
          ok(message.startsWith('secret: '), message);
        }
        for (const hash of ['', 'abc', 'g'.repeat(64), `${hashKey('abc')} `, hashKey('abc').toUpperCase() + 'x']) {
          await refused(keylatch, 'invalid_argument', () => verifyKey('abc', hash), hash);
        }
      },
    },
    {
      name: 'a format of one\'s own is issued and checked',
      run() {
        const format = {
          parts: ['acme_', { alphabet: 'base62', length: 24 }, { checksum: 'crc32', covers: 'body', length: 6 }],
          certainty: 'documented',
        };
        const own = generateKey(format).expose();
        ok(/^acme_[0-9A-Za-z]{30}$/.test(own), 'the format');
        const acme = keylatch.defineProvider({ id: 'acme', title: 'Acme', format });
        equal(checkKey(acme, own).ok, true);
        same(codes(checkKey(acme, own.slice(0, -1) + (own.endsWith('0') ? '1' : '0'))), ['wrong_checksum']);
        // GitHub's published example: the checksum of the body alone.
        const github = { id: 'gh', title: 'GitHub', format: { ...format, parts: ['ghp_', { alphabet: 'base62', length: 30 }, format.parts[2]] } };
        equal(checkKey(github, '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').ok, true);
      },
    },
    {
      name: 'a key is sent in the header that its service reads',
      async run() {
        same(authHeaders('keylatch', key), { Authorization: `Bearer ${key}` });
        same(authHeaders('keylatch', new Secret(key)), { Authorization: `Bearer ${key}` });
        const header = (...schemes) => ({ id: 'acme', title: 'Acme', schemes });
        same(authHeaders(header({ type: 'header', name: 'x-api-key' }), 'a b'), { 'x-api-key': 'a b' });
        // RFC 7617, section 2.1.
        same(authHeaders(header({ type: 'basic', user: 'test' }), '123£'), { Authorization: 'Basic dGVzdDoxMjPCow==' });
        same(authHeaders(header({ type: 'bearer' }, { type: 'basic' }), 'key', { scheme: 'basic' }), { Authorization: 'Basic a2V5Og==' });
        for (const bad of ['a\r\nX-Evil: 1', 'ключ', '']) {
          const error = await refused(keylatch, bad ? 'invalid_header' : 'invalid_argument', () => authHeaders('keylatch', bad));
          ok(!error.message.includes('Evil'), error.message);
        }
        includes((await refused(keylatch, 'invalid_header', () => authHeaders('keylatch', 'ab😀'))).message, 'index 2');
      },
    },
    {
      name: 'what is certainly no key is told as such by every door: checkKey, authHeaders and KeyClient',
      async run() {
        const { KeyClient } = keylatch;
        const services = ['luminary', 'modelon', { id: 'acme', title: 'Acme', schemes: [{ type: 'basic', user: 'api' }, { type: 'header', name: 'x-acme' }] }];
        for (const [text, code] of [
          [String(new Secret(key)), 'placeholder'], [`${new Secret(key)}`, 'placeholder'], ['undefined', 'placeholder'], ['null', 'placeholder'], ['None', 'placeholder'], ['NaN', 'placeholder'],
          ['(null)', 'placeholder'], ['[object Object]', 'placeholder'], [`${[{}]}`, 'placeholder'], [maskKey(key), 'placeholder'], ['***', 'placeholder'], ['••••', 'placeholder'],
          ['op://vault/item/key', 'placeholder'], ['${{ secrets.LC_API_KEY }}', 'placeholder'], ['$LC_API_KEY', 'placeholder'], ['${LC_API_KEY}', 'placeholder'], ['%LC_API_KEY%', 'placeholder'],
          ['vault:secret/data/app#key', 'placeholder'], ['ENC[AES256_GCM,data:abc]', 'placeholder'], ['{{ api_key }}', 'placeholder'], ['<your-key>', 'placeholder'], ['changeme', 'placeholder'],
          ['abcdefghijklmnop1234567\\n', 'placeholder'], ['abcdefghijklmnop1234567%0A', 'placeholder'],
          ['Bearer abc1', 'scheme_prefix'], ['"abc1"', 'quotes'], ['LC_API_KEY=abc1', 'assignment_prefix'], ['abc123\n', 'surrounding_space'], [' abc123', 'surrounding_space'],
        ]) {
          for (const service of services) {
            const found = checkKey(service, text);
            ok(!found.ok && found.problems.some((problem) => problem.code === code), `${text}: ${JSON.stringify(found)}`);
            const { message } = found.problems.find((problem) => problem.code === code);
            for (const door of [
              () => authHeaders(service, text), () => authHeaders(service, new Secret(text)),
              () => new KeyClient({ provider: service, baseUrl: 'https://k.example', credential: text }),
            ]) {
              includes((await refused(keylatch, 'invalid_key', door, text)).message, message);
            }
          }
        }
        // Whatever else a service may have for a key is sent.
        for (const text of ['test', 'user:pass1', 'a b', '$2b$10$abcdefgh', 'nonesuch', 'a.b-c_d~e+f/g=', key]) {
          equal(authHeaders('modelon', text)['impact-api-key'], text);
        }
      },
    },
    {
      name: 'a declaration that is changed is another one',
      run() {
        const spec = { id: 'acme', title: 'Acme', format: { parts: ['a_', { alphabet: 'hex', length: 8 }] } };
        equal(checkKey(spec, 'a_01234567').ok, true);
        equal(checkKey(spec, 'a_01234567').ok, true);
        spec.format.parts[0] = 'b_';
        equal(checkKey(spec, 'a_01234567').ok, false);
        equal(checkKey(spec, 'b_01234567').ok, true);
        spec.schemes = [{ type: 'header', name: 'x-acme' }];
        equal(authHeaders(spec, 'b_01234567')['x-acme'], 'b_01234567');
      },
    },
    {
      name: 'no key is made by a format that is not there',
      async run() {
        const none = keylatch.defineProvider({ id: 'acme', title: 'Acme' });
        for (const format of [none.format, keylatch.provider('modelon').format, undefined, null]) {
          await refused(keylatch, 'invalid_argument', () => generateKey(format));
        }
        equal(generateKey().expose().slice(0, 8), 'kl_live_');
      },
    },
    {
      name: 'a Secret stands wherever a text does, a RevealOnce only comes from a service',
      async run() {
        equal(hashKey(new Secret('abc')), hashKey('abc'));
        await refused(keylatch, 'invalid_argument', () => new RevealOnce('text'));
        await refused(keylatch, 'invalid_argument', () => hashKey({ toString: () => 'abc' }));
        await refused(keylatch, 'invalid_argument', () => hashKey(new String('abc')));
      },
    },
  ];
};
