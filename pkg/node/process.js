// When a process started.

import { readFileSync } from 'node:fs';

/** Of the fields after the name in /proc/PID/stat, as proc(5) counts them: the time of the start. */
const START = 22 - 3;
/** Parts of a second in which Linux tells it, on every platform that Node runs on. */
const TICKS = 100;

/**
 * When it started, in milliseconds of Unix time; nothing where the system does
 * not say (only Linux does without another program).
 * @param {number} pid
 */
export function startOf(pid) {
  try {
    const [, , after] = /^(.*)\) (.*)$/s.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? [];
    const boot = /^btime (\d+)$/m.exec(readFileSync('/proc/stat', 'utf8'))?.[1];
    const start = Number(boot) * 1000 + (Number(after?.split(' ')[START]) * 1000) / TICKS;
    return Number.isFinite(start) ? start : undefined;
  } catch {
    return undefined;
  }
}
