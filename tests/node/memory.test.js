// A key is gone from the memory of each WebAssembly once the chain, a file of keys or
// a client is done with it. The specs of `tests/wasm/` look at what a service is
// asked.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { computer } from './support/computer.js';

const MEMORY = fileURLToPath(new URL('../wasm/support/memory.js', import.meta.url));
const KEY = 'kl_test_T7mQ2vXbN9cRk4LwZs8HdYp3GfJu6A1RHBms';
const REDACT = new URL('../../pkg/dist/node/redact.js', import.meta.url).href;
const CATALOGUE = new URL('../../pkg/dist/node/catalogue.js', import.meta.url).href;
const STORE = '~/.config/keylatch/credentials.json';

/** What is done in a process that looks into its memories before and after. */
const looked = (work) => `
  const { copies, watchMemory } = await import(${JSON.stringify(MEMORY)});
  const memories = watchMemory();
  const dispose = Symbol.dispose ?? Symbol.for('Symbol.dispose');
  const count = () => copies(memories(), '${KEY}');
  const held = await (async () => { ${work} })();
  const while_held = count();
  held?.[dispose]();
  return { while_held, after: count(), memories: memories().length };`;

const PROFILE = JSON.stringify({ version: 1, profiles: { default: { keylatch: { key: KEY } } } });

for (const [name, work, { env = {}, files = {}, isHeld = true } = {}] of [
  ['the environment', `return (await node.resolveKey('keylatch')).secret`, { env: { KEYLATCH_API_KEY: KEY } }],
  ['.env', `return (await node.resolveKey('keylatch')).secret`, { files: { '.env': `KEYLATCH_API_KEY=${KEY}\n` } }],
  ['a file of keys', `return (await node.resolveKey('keylatch')).secret`, { files: { [STORE]: PROFILE } }],
  ['a file that is read', `return (await new node.CredentialFile('keylatch').read()).secret`, { files: { [STORE]: PROFILE } }],
  ['a file that is written', `await new node.CredentialFile('keylatch').write('${KEY}')`, { isHeld: false }],
  ['a file that is edited', `await new node.CredentialFile('keylatch').write('${KEY}')`, { files: { [STORE]: PROFILE.replace(KEY, 'another-key') }, isHeld: false }],
  ['a key that is removed', `await new node.CredentialFile('keylatch').remove()`, { files: { [STORE]: PROFILE }, isHeld: false }],
  ['.env that is edited', `await new node.CredentialFile('keylatch', { path: '.env' }).write('${KEY}')`, { files: { '.env': 'A=1\n' }, isHeld: false }],
  ['a text that is redacted, and a secret that is kept out of it', `const { redact } = await import('${REDACT}');
    const secret = new kl.Secret('${KEY}');
    if (redact('a ${KEY} and ${KEY.replace('_', '\\\\u005f')}').includes('T7mQ')) throw new Error('it is shown');
    return secret;`],
  ['keys in a text', `const { extractKeys } = await import('${REDACT}');
    const [found, ...others] = extractKeys('KEY=${KEY}');
    if (others.length > 0) throw new Error('there is one key');
    return found.key;`],
  ['a stream that is redacted', `const { createRedactor } = await import('${REDACT}');
    const all = new Blob(['a ${KEY} b']).stream().pipeThrough(createRedactor().transformStream());
    if ((await new Response(all).text()).includes('T7mQ')) throw new Error('it is shown');`, { isHeld: false }],
  ['bytes that are redacted', `const { redact } = await import('${REDACT}');
    if (redact(Buffer.from('a ${KEY} b')).includes('T7mQ')) throw new Error('it is shown');`, { isHeld: false }],
  ['a text that the catalogue is asked about', `await import('${CATALOGUE}');
    for (const text of ['${KEY}', 'ghp_${KEY}', ' "${KEY}"']) if (kl.checkKey('github', text).ok) throw new Error('it is none');
    kl.identifyKey('ghp_${KEY}');`, { isHeld: false }],
  ['what is no key', `await node.resolveKey('keylatch').catch(() => {})`, { env: { KEYLATCH_API_KEY: `${KEY}!` }, isHeld: false }],
]) {
  test(`${name}: the key is gone from every memory once it is done with`, async (t) => {
    const pc = await computer(t, env);
    for (const [file, text] of Object.entries(files)) await pc.write(file, text);
    const found = await pc.module(looked(work));
    assert.ok(found.memories > 0, 'a WebAssembly was started');
    if (isHeld) assert.ok(found.while_held > 0, 'what is held is found');
    assert.equal(found.after, 0, 'copies that are left');
  });
}
