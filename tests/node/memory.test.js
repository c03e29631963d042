// A key is gone from the memory of each WebAssembly once the chain, a file of keys or
// a client is done with it. The specs of `tests/wasm/` look at what a service is
// asked.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { computer } from './support/computer.js';

const MEMORY = fileURLToPath(new URL('../wasm/support/memory.js', import.meta.url));
const KEY = 'kl_test_T7mQ2vXbN9cRk4LwZs8HdYp3GfJu6A1RHBms';
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
