// The real server on this computer, with a database of its own.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** The account that `--demo` makes. */
export const DEMO = { user: 'demo@example.com', password: 'reveal-once' };

/** Starts it, and says where it is and how to stop it. */
export async function startServer() {
  const program = process.env.KEYLATCH_SERVER_BIN;
  if (!program) {
    throw new Error('KEYLATCH_SERVER_BIN is not set. Run `cargo xtask bench`, or set it to the keylatch-server to measure with.');
  }
  const directory = await mkdtemp(join(tmpdir(), 'keylatch-bench-'));
  const options = ['--listen', '127.0.0.1:0', '--database', join(directory, 'keys.db'), '--demo', '--log', 'error'];
  const child = spawn(program, options, { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'close');
  const stop = async () => {
    child.kill('SIGKILL');
    await ended.catch(() => {});
    await rm(directory, { recursive: true, force: true });
  };
  try {
    const baseUrl = await Promise.race([ready(child), ended.then(() => undefined)]);
    if (!baseUrl) throw new Error(`${program} ended before it listened; its last words are above.`);
    return { baseUrl, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function ready(child) {
  for await (const line of createInterface({ input: child.stdout })) {
    const [, address] = /^keylatch-server listening on (\S+)$/.exec(line) ?? [];
    if (address) {
      child.stdout.resume();
      return address;
    }
  }
}
