// wrk: many connections that ask as fast as they are answered.

import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

const UNITS = { us: 0.001, ms: 1, s: 1000, m: 60_000 };

/**
 * Asks for some seconds, each connection the next of the requests in turn.
 * Latencies are milliseconds; `failed` counts answers that are no success.
 * @param {{ url: string, directory: string, connections: number, seconds: number, lua: string }} load
 */
export async function wrk({ url, directory, connections, seconds, lua }) {
  const script = join(directory, `load-${Math.random().toString(36).slice(2)}.lua`);
  writeFileSync(script, lua);
  const child = spawn('wrk', ['--latency', '-t1', `-c${connections}`, `-d${seconds}s`, '--timeout', '30s', '-s', script, url], { stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => { text += data; });
  const code = await new Promise((resolve, reject) => { child.once('error', reject).once('close', resolve); });
  if (code !== 0) throw new Error(`wrk: ${text}`);
  const latency = (percent) => {
    const [, number, unit] = new RegExp(`^\\s+${percent}%\\s+([\\d.]+)(us|ms|s|m)$`, 'm').exec(text) ?? [];
    return number === undefined ? NaN : Number(number) * UNITS[unit];
  };
  return {
    perSecond: Number(/^Requests\/sec:\s+([\d.]+)/m.exec(text)?.[1]),
    requests: Number(/^\s+(\d+) requests in/m.exec(text)?.[1]),
    p50: latency(50),
    p99: latency(99),
    failed: Number(/^\s+Non-2xx or 3xx responses: (\d+)/m.exec(text)?.[1] ?? 0),
  };
}

/** A script of requests with the numbers from `first` on, `count` of them, over and over. */
export const numbered = (count, request, first = 0) => `
local number = -1
request = function()
  number = number + 1
  local n = ${first} + number % ${count}
  return ${request}
end`;
