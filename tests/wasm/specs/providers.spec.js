// Services, as plain data.

import { equal, includes, ok, refused, same } from '../support/assert.js';

const SPEC = Object.freeze({ id: 'acme', title: 'Acme' });

export default ({ keylatch }) => {
  const { checkKey, defineProvider, provider, providers, KeyClient } = keylatch;

  const isFrozen = (value) => typeof value !== 'object' || value === null
    || (Object.isFrozen(value) && Object.values(value).every(isFrozen));

  return [
    {
      name: 'the built-in services are told as frozen plain data',
      run() {
        const all = providers();
        ok(all.some(({ id }) => id === 'keylatch'));
        for (const service of all) {
          ok(isFrozen(service), service.id);
          equal(provider(service.id), service, 'asked twice, the same:');
          same(JSON.parse(JSON.stringify(service)), service);
          ok(service.title && Array.isArray(service.env) && service.schemes.length > 0, service.id);
          ok(['documented', 'observed', 'unknown'].includes(service.certainty), service.id);
          for (const can of Object.values(service.capabilities)) equal(typeof can, 'boolean');
        }
      },
    },
    {
      name: 'what is told of a service can be declared again, and is the same service',
      run() {
        for (const service of providers()) {
          const told = JSON.parse(JSON.stringify(service));
          // The format of Conduce's file is Conduce's alone.
          if (told.id === 'conduce') told.files = [];
          const again = defineProvider({ ...told, id: `my-${told.id}` });
          same({ ...again, id: told.id }, told, told.id);
        }
      },
    },
    {
      name: 'what a declaration leaves out is as in the API of keylatch',
      run() {
        const own = provider('keylatch');
        const paths = Object.fromEntries(Object.entries(own.endpoints).map(([name, { path }]) => [name, path]));
        const acme = defineProvider({ ...SPEC, endpoints: paths });
        for (const name of ['schemes', 'fields', 'timeUnit', 'errors', 'capabilities']) same(acme[name], own[name], name);
        // What an answer must state follows from the request.
        const requests = ({ endpoints }) => Object.entries(endpoints).map(([name, { answer, ...request }]) => [name, request]);
        same(requests(acme), requests(own), 'endpoints');
      },
    },
    {
      name: 'keylatch can do everything but one key only',
      run() {
        const { oneKey, ...can } = provider('keylatch').capabilities;
        equal(oneKey, false);
        for (const [what, able] of Object.entries(can)) equal(able, true, what);
      },
    },
    {
      name: 'an unknown service is named, and what there is; a key in its place is not repeated',
      async run() {
        const error = await refused(keylatch, 'unknown_provider', () => provider('acme'));
        includes(error.message, '"acme"');
        includes(error.message, 'keylatch');
        const key = keylatch.generateKey().expose();
        const mixedUp = await refused(keylatch, 'unknown_provider', () => checkKey(key, 'keylatch'));
        ok(!mixedUp.message.includes(key.slice(8, 18)), mixedUp.message);
      },
    },
    {
      name: 'a declaration becomes a service, and can be given wherever one is taken',
      run() {
        const acme = defineProvider({ ...SPEC, baseUrl: 'https://acme.example', endpoints: { whoami: '/me' } });
        ok(isFrozen(acme));
        equal(acme.capabilities.whoami, true);
        equal(acme.capabilities.create, false);
        equal(acme.certainty, 'unknown');
        same(acme.schemes, [{ type: 'bearer' }]);
        for (const given of [acme, { ...SPEC, baseUrl: 'https://acme.example' }, JSON.parse(JSON.stringify(acme))]) {
          equal(new KeyClient({ provider: given, credential: 'a-key-of-acme' }).provider.id, 'acme');
          equal(checkKey(given, 'a-key-of-acme').provider, 'acme');
        }
      },
    },
    {
      name: 'what is declared wrongly is named by its field',
      async run() {
        for (const [spec, field] of [
          [null, ''],
          [[], 'the top'],
          [{ title: 'Acme' }, 'id'],
          [{ id: 'acme' }, 'title'],
          [{ ...SPEC, id: 'Acme' }, 'id'],
          [{ ...SPEC, id: 'keylatch' }, 'id'],
          [{ ...SPEC, id: 7 }, 'id'],
          [{ ...SPEC, title: '' }, 'title'],
          [{ ...SPEC, tittle: 'x' }, 'tittle'],
          [{ ...SPEC, env: ['A B'] }, 'env[0]'],
          [{ ...SPEC, dotenv: 'no' }, 'dotenv'],
          [{ ...SPEC, schemes: [] }, 'schemes'],
          [{ ...SPEC, schemes: [{ type: 'header', name: 'a b' }] }, 'schemes[0].name'],
          [{ ...SPEC, schemes: [{ type: 'bearer' }, { type: 'oauth' }] }, 'schemes[1].type'],
          [{ ...SPEC, format: { parts: [{ alphabet: 'base62', length: 0 }] } }, 'format.parts[0].length'],
          [{ ...SPEC, endpoints: { frobnicate: '/x' } }, 'endpoints.frobnicate'],
          [{ ...SPEC, endpoints: { list: { path: 'keys' } } }, 'endpoints.list.path'],
          [{ ...SPEC, endpoints: { list: { path: '//evil.example' } } }, 'endpoints.list.path'],
          [{ ...SPEC, endpoints: { list: { path: '/x', method: 'get' } } }, 'endpoints.list.method'],
          [{ ...SPEC, endpoints: { get: '/x/{idd}' } }, 'endpoints.get: there is no such variable. Known are id, account.'],
          [{ ...SPEC, endpoints: { get: { path: '/x/{id' } } }, 'endpoints.get.path'],
          [{ ...SPEC, endpoints: { list: { path: '/x', query: { q: '{serach}' } } } }, 'endpoints.list.query.q'],
          [{ ...SPEC, endpoints: { create: { path: '/x', body: { a: { b: '{nmae}' } } } } }, 'endpoints.create.body.a.b'],
          [{ ...SPEC, endpoints: { create: { path: '/x', body: { a: [1, ['{scopes}']] } } } }, 'endpoints.create.body.a[1][0]'],
          [{ ...SPEC, endpoints: { create: { path: '/x', body: { a: [{ b: '{name}' }] } } } }, 'endpoints.create.body.a[0].b'],
          [{ ...SPEC, endpoints: { validate: '/x/{secret}' } }, 'endpoints.validate: a key or a password must not stand in an address'],
          [{ ...SPEC, endpoints: { validate: { path: '/x', query: { key: '{secret}' } } } }, 'endpoints.validate.query.key'],
          [{ ...SPEC, endpoints: { list: '/u/{account}/keys' } }, 'endpoints.list: {account} needs the endpoint whoami'],
          [{ ...SPEC, endpoints: { whoami: '/u/{account}' } }, 'endpoints.whoami: there is no such variable'],
          [{ ...SPEC, endpoints: { list: { path: '/keys?after={cursor}' } } }, 'endpoints.list.path'],
          [{ ...SPEC, baseUrl: 'not a url' }, 'baseUrl'],
          [{ ...SPEC, baseUrl: 'ftp://x' }, 'baseUrl'],
          [{ ...SPEC, keysPage: 'javascript:alert(1)' }, 'keysPage'],
          [{ ...SPEC, fields: { idd: 'x' } }, 'fields.idd'],
          [{ ...SPEC, timeUnit: 'min' }, 'timeUnit'],
        ]) {
          const error = await refused(keylatch, 'invalid_provider', () => defineProvider(spec), JSON.stringify(spec));
          includes(error.message, field);
        }
      },
    },
    {
      name: 'what cannot be done is refused with the page where a person can',
      async run() {
        const acme = { ...SPEC, baseUrl: 'https://acme.example', keysPage: 'https://acme.example/keys' };
        const client = new KeyClient({ provider: acme, credential: 'a-key-of-acme', fetch: () => { throw new Error('nothing is sent'); } });
        const error = await refused(keylatch, 'unsupported', () => client.create({ name: 'robot' }));
        includes(error.message, 'https://acme.example/keys');
        await refused(keylatch, 'unsupported', () => client.list().next());
        await refused(keylatch, 'unsupported', () => client.whoami());
      },
    },
  ];
};
