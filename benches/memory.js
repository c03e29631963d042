// What a million keys that were created, revealed and disposed of leave in memory,
// beside what a thousand leave: `cargo xtask bench`.
//
//   node benches/memory.js [--quick] [--check]
//
// --quick  three thousand instead of a million: shows that it runs
// --check  fails where more is left

import { setFlagsFromString } from 'node:v8';
import { parseArgs } from 'node:util';
import { runInNewContext } from 'node:vm';

import { watchMemory } from '../tests/wasm/support/memory.js';
import { BASE_URL, KEY_INFO, json } from '../tests/wasm/support/service.js';

const { values: options } = parseArgs({ options: { quick: { type: 'boolean' }, check: { type: 'boolean' } } });
const FEW = 1_000;
const MANY = options.quick ? 3_000 : 1_000_000;
/** What compiled code and counters of the engine may add. A million objects that are left take at least eight times as much. */
const NOISE = 2 << 20;

const memories = watchMemory();
setFlagsFromString('--expose-gc');
/** @type {() => void} */
const collect = runInNewContext('gc');

const { KeyClient } = await import('../pkg/dist/node/index.js');
const dispose = Symbol.dispose ?? Symbol.for('Symbol.dispose');
const secret = 'kl_test_T7mQ2vXbN9cRk4LwZs8HdYp3GfJu6A1RHBms';
const client = new KeyClient({ provider: 'keylatch', baseUrl: BASE_URL, credential: secret, fetch: async () => json({ key: KEY_INFO, secret }) });

async function create(count) {
  for (let n = 0; n < count; n += 1) {
    const made = await client.create({ name: 'memory' });
    if (made.secret.reveal() !== secret) throw new Error('another key came out.');
    made.secret[dispose]();
  }
}

/** Bytes of each WebAssembly's memory and of the heap, after all garbage is gone. */
async function left() {
  // Twice: what a finalizer lets go of is garbage only then.
  for (let time = 0; time < 2; time += 1) {
    collect();
    await new Promise((resolve) => setImmediate(resolve));
  }
  return { wasm: memories().map(({ buffer }) => buffer.byteLength), heap: process.memoryUsage().heapUsed };
}

await create(FEW);
const few = await left();
await create(MANY - FEW);
const many = await left();

const grouped = (/** @type {number} */ number) => String(number).replace(/\B(?=(\d{3})+$)/g, ' ');
const told = (/** @type {typeof few} */ { wasm, heap }) => `${wasm.map(grouped).join(' + ')} bytes of WebAssembly, ${grouped(heap)} of heap`;
const isReached = String(few.wasm) === String(many.wasm) && many.heap - few.heap < NOISE;
console.log(`memory after ${grouped(MANY)} create, reveal, dispose (that after ${grouped(FEW)}: ${isReached ? 'reached' : 'missed'})`);
console.log(`  after ${grouped(FEW)}: ${told(few)}`);
console.log(`  after ${grouped(MANY)}: ${told(many)}`);
if (options.check && !isReached) process.exitCode = 1;
