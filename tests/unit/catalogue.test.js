// The services of the catalogue, as the questions of the package know them; and repair.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import '../sources.js';

const { authHeaders, checkKey, checkKeys, identifyKey, provider, providers } = await import('../../pkg/entries/index.js');

test('without the catalogue an unknown id names it', () => {
  assert.throws(() => checkKey('github', ''), { code: 'unknown_provider', message: /keylatch\/catalogue/ });
  assert.equal(providers().length, 5);
});

test('with it', async (t) => {
  const { exampleKey, keyKinds } = await import('../../pkg/entries/catalogue.js');
  const ids = [...new Set(keyKinds().map(({ provider }) => provider))].filter((id) => !['keylatch', 'lambda', 'conduce'].includes(id));

  await t.test('each service checks its own examples, and no other text', () => {
    assert.ok(ids.length >= 60);
    for (const { provider, name, purpose, needsContext, certainty } of keyKinds().filter(({ provider }) => ids.includes(provider))) {
      const found = checkKey(provider, exampleKey(provider, name));
      assert.equal(found.ok, true, `${provider} ${name} ${JSON.stringify(found)}`);
      if (!needsContext) assert.deepEqual([found.kind, found.purpose, found.certainty], [name, purpose, certainty], `${provider} ${name}`);
      for (const text of ['', 'x', '<API-KEY>', `${exampleKey(provider, name)}!!`, 'y'.repeat(20_000)]) {
        const bad = checkKey(provider, text);
        assert.equal(bad.ok, false, `${provider} ${text.slice(0, 30)}`);
        assert.ok(bad.problems.length > 0 && bad.problems.every(({ message, index }) => message && index >= 0 && index <= text.length));
      }
    }
  });

  await t.test('identifyKey ranks over all, the surest first', () => {
    for (const { provider, name } of keyKinds().filter(({ provider, needsContext }) => ids.includes(provider) && !needsContext)) {
      const found = identifyKey(exampleKey(provider, name));
      assert.ok(found.some((one) => one.provider === provider && one.kind === name), `${provider} ${name}`);
      const unsure = found.findIndex(({ certainty }) => certainty === 'unknown');
      assert.ok(unsure < 0 || found.findIndex(({ provider: id }) => id === provider) < unsure, `${provider} ${name}`);
    }
    assert.equal(identifyKey('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')[0].provider, 'github');
    assert.equal(identifyKey(exampleKey('keylatch'))[0].provider, 'keylatch');
    assert.equal(identifyKey(exampleKey('keylatch', 'management-key'))[0].kind, 'management-key');
    // The shape alone never names a service.
    assert.deepEqual(identifyKey('0123456789abcdef0123456789abcdef').filter(({ certainty }) => certainty !== 'unknown'), []);
  });

  await t.test('authHeaders sends what the service wants, and refuses to guess', () => {
    assert.deepEqual(authHeaders('openai', 'k'), { Authorization: 'Bearer k' });
    assert.deepEqual(authHeaders('gitlab', 'k'), { 'PRIVATE-TOKEN': 'k' });
    assert.deepEqual(authHeaders('stripe', 'k', { scheme: 'basic' }), { Authorization: `Basic ${btoa('k:')}` });
    assert.throws(() => authHeaders('discord', 'k'), { code: 'invalid_argument', message: /Discord/ });
  });

  await t.test('providers says which are known by their format only', () => {
    const all = providers();
    assert.equal(all.filter(({ formatOnly }) => formatOnly).length, ids.length);
    assert.equal(all.filter(({ formatOnly }) => !formatOnly).length, 5);
    assert.equal(provider('github').title, 'GitHub');
    assert.deepEqual(Object.values(provider('github').capabilities).filter(Boolean), []);
    assert.deepEqual(checkKeys('github', '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\nx\n'), ['ok', 'wrong_prefix']);
  });

  await t.test('a documented checksum is a verdict, an observed one a warning', () => {
    const github = checkKey('github', 'ghp_zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ0mLq18');
    assert.deepEqual(github.problems.map(({ code, index }) => [code, index]), [['wrong_checksum', 34]]);
    const npm = checkKey('npm', 'npm_qkJaB6MffYVzZXWqmcoF49yrUxP3wf0lSAKp');
    assert.equal(npm.ok, true);
    assert.deepEqual(npm.warnings.map(({ code, index }) => [code, index]), [['wrong_checksum', 34]]);
    assert.equal(checkKey('npm', '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').warnings, undefined);
  });

  await t.test('identifiers, publishable keys and test mode are told as such', () => {
    assert.equal(checkKey('aws', 'AKIAQ3EGRIT3VZ2M7XKN').purpose, 'identifier');
    assert.equal(checkKey('stripe', 'pk_live_4eC39HqLyjWDarjtT1zdp7dc').purpose, 'publishable');
    assert.equal(checkKey('stripe', 'sk_test_4eC39HqLyjWDarjtT1zdp7dc').test, true);
  });

  await t.test('what is easily pasted for a secret live key is named', () => {
    const warned = (/** @type {string} */ id, /** @type {string} */ text) => checkKey(id, text).warnings?.map(({ code, message, index, length }) => {
      assert.ok(message.endsWith('.'));
      assert.deepEqual([index, length], [0, text.length]);
      return code;
    });
    assert.deepEqual(warned('stripe', 'pk_live_4eC39HqLyjWDarjtT1zdp7dc'), ['publishable_key']);
    assert.deepEqual(warned('stripe', 'pk_test_4eC39HqLyjWDarjtT1zdp7dc'), ['publishable_key', 'test_key']);
    assert.deepEqual(warned('stripe', 'sk_test_4eC39HqLyjWDarjtT1zdp7dc'), ['test_key']);
    assert.deepEqual(warned('aws', 'AKIAQ3EGRIT3VZ2M7XKN'), ['identifier']);
    assert.deepEqual(identifyKey('pk_test_4eC39HqLyjWDarjtT1zdp7dc')[0].warnings?.map(({ code }) => code), ['publishable_key', 'test_key']);
    assert.equal(warned('stripe', exampleKey('stripe', 'secret-live')), undefined);
  });

  await t.test('a key within something else is repaired', () => {
    const key = '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';
    for (const own of [['github', key], ['keylatch', 'kl_test_T7mQ2vXbN9cRk4LwZs8HdYp3GfJu6A1RHBms'], ['openai', exampleKey('openai', 'project')]]) {
      const [id, key] = own;
      const middle = Math.floor(key.length / 2);
      const texts = [
        ` ${key}\n`, `"${key}"`, `'${key}',`, `\`${key}\``, `“${key}”`, `Bearer ${key}`, `Authorization: Bearer ${key}`, `NAME=${key}`, `export NAME="${key}"`,
        `setx NAME "${key}"`, `set NAME=${key}`, `$env:NAME = '${key}'`, `curl -H "Authorization: Bearer ${key}" https://api.example.com/v1`, `curl -u ${key}: https://example.com`,
        JSON.stringify({ key }), JSON.stringify(JSON.stringify({ key })), `https://example.com/?token=${key}&x=1`, `https://user:${key}@example.com/a.git`, `[link](https://e.com/${key})`,
        `\`\`\`\n${key}\n\`\`\``, `| a | ${key} |`, `%20${key}%0A`, `key: ${key} # comment`, `${key.slice(0, middle)}\n${key.slice(middle)}`, `${key.slice(0, middle)} ${key.slice(middle)}`,
        `\u200b${key}\ufeff`, `${key.slice(0, middle)}\u00ad${key.slice(middle)}`, `//registry.example.com/:_authToken=${key}`, `the key is ${key}.`, `<${key}>`, `(${key})`,
        key.replace(/a|e|o|p|c|x|y/, (letter) => 'аеорсху'['aeopcxy'.indexOf(letter)]), key.replace(/_|-/, (sign) => (sign === '-' ? '–' : sign)) + ' ',
      ];
      for (const text of texts) {
        const found = checkKey(id, text);
        assert.equal(found.ok, false, `${id}: ${text}`);
        assert.equal(found.fixed, key, `${id}: ${text}`);
      }
    }
    assert.equal(checkKey('github', key.replace('ghp_', 'GHP_')).fixed, key);
    assert.equal(checkKey('keylatch', 'KL_TEST_T7mQ2vXbN9cRk4LwZs8HdYp3GfJu6A1RHBms').fixed, 'kl_test_T7mQ2vXbN9cRk4LwZs8HdYp3GfJu6A1RHBms');
  });

  await t.test('nothing is guessed: two keys, a typing error or a placeholder are not repaired', () => {
    const [a, b] = ['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', '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'];
    for (const text of [`${a} ${b}`, `Bearer ${a.slice(0, -1)}`, 'Bearer <API-KEY>', '', ' ', a.replace('z', 'y')]) assert.equal(checkKey('github', text).fixed, undefined, text);
  });

  await t.test('near misses are named', () => {
    assert.ok(checkKey('github', 'glpat-' + 'x1Y2z3W4v5U6t7S8r9Q0').looksLike.includes('gitlab'));
    for (const built of ['keylatch', 'lambda', 'conduce']) assert.deepEqual(checkKey(built, exampleKey('github')).looksLike, ['github'], built);
    assert.deepEqual(checkKey('keylatch', 'hello world').looksLike, []);
  });
});

test('the command takes for a management key what the catalogue has as one', async () => {
  const { exampleKey } = await import('../../pkg/entries/catalogue.js');
  const { MANAGEMENT_KEYS } = await import('../../pkg/cli/management-keys.js');
  const example = exampleKey('keylatch', 'management-key');
  const { ok, certainty } = checkKey(MANAGEMENT_KEYS, example);
  assert.deepEqual([ok, certainty], [true, 'documented']);
  for (const text of [exampleKey('keylatch', 'key'), example.slice(0, -1), `${example.slice(0, -1)}!`]) {
    assert.equal(checkKey(MANAGEMENT_KEYS, text).ok, false, text);
  }
});
