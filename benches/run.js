// keylatch beside its peers, in one run: `cargo xtask bench`.
//
//   node benches/run.js [--quick] [--json] [--check]
//
// --quick  few and short rounds: shows that everything runs, and no more
// --json   the results for a program
// --check  fails where a target is missed

import { arch, availableParallelism, cpus, platform } from 'node:os';
import { parseArgs } from 'node:util';

import { findRows } from './find-rows.js';
import { measure } from './measure.js';
import { guardRows, lifecycleRows, offlineRows } from './rows.js';
import { startServer } from './server.js';
import { table } from './table.js';
import { missed, targetOf } from './targets.js';

const { values: options } = parseArgs({ options: { quick: { type: 'boolean' }, json: { type: 'boolean' }, check: { type: 'boolean' } } });
const sizes = options.quick ? { log: 200_000, text: 50_000, hostile: 10_000 } : { log: 64_000_000, text: 500_000, hostile: 10_000_000 };
const settings = { ...(options.quick ? { rounds: 3, milliseconds: 1 } : { rounds: 21, milliseconds: 20 }), seed: 1 };

const server = await startServer();
try {
  const rows = [...(await offlineRows()), ...(await guardRows()), ...(await findRows(sizes)), ...(await lifecycleRows(server.baseUrl))];
  const measured = [];
  for (const { name, peers } of rows) {
    if (!options.json) process.stderr.write(`measuring ${name} …\n`);
    measured.push({ name, target: targetOf(name), peers: await measure(peers, settings) });
  }
  const report = {
    node: process.version,
    platform: `${platform()} ${arch()}`,
    cores: availableParallelism(),
    processor: cpus()[0]?.model.trim() ?? 'unknown processor',
    ...settings,
    sizes,
    rows: measured,
  };
  console.log(options.json ? JSON.stringify(report, undefined, 2) : table(report));
  const misses = missed(measured);
  if (options.check && misses.length > 0) {
    console.error(`Targets that were missed: ${misses.join('; ')}.`);
    process.exitCode = 1;
  }
} finally {
  await server.stop();
}
