// A PostgreSQL of this measurement's own, which ends with it.

import { spawn, spawnSync } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const DEBIAN = '/usr/lib/postgresql';

/** The directory of PostgreSQL's programs. */
function programs() {
  const installed = existsSync(DEBIAN) ? readdirSync(DEBIAN).map((version) => join(DEBIAN, version, 'bin')) : [];
  const found = [...installed, ...(process.env.PATH ?? '').split(':')].find((directory) => existsSync(join(directory, 'initdb')));
  if (!found) throw new Error('There is no initdb. “cargo xtask test postgresql” installs PostgreSQL.');
  return found;
}

/** PostgreSQL refuses to run as root. */
function somebodyElse() {
  if (process.getuid() !== 0) return {};
  const user = readFileSync('/etc/passwd', 'utf8').split('\n').map((line) => line.split(':')).find(([name]) => name === 'postgres');
  if (!user) throw new Error('This is root, and there is no user postgres to run PostgreSQL as.');
  return { uid: Number(user[2]), gid: Number(user[3]) };
}

/** Starts a cluster with the settings of a real one: what is committed is on disk. */
export async function startCluster() {
  const bin = programs();
  const user = somebodyElse();
  const directory = mkdtempSync(join(tmpdir(), 'keylatch-bench-pg-'));
  if (user.uid !== undefined) chownSync(directory, user.uid, user.gid);
  const run = (program, args, options = {}) => {
    const { status, stdout, stderr } = spawnSync(join(bin, program), args, { ...user, cwd: directory, encoding: 'utf8', maxBuffer: 1 << 28, ...options });
    if (status !== 0) throw new Error(`${program}: ${stderr || stdout}`);
    return stdout;
  };
  run('initdb', ['-D', 'data', '-U', 'kl', '-A', 'trust', '--no-sync']);
  const server = spawn(join(bin, 'postgres'), ['-D', 'data', '-k', directory, '-c', 'listen_addresses=', '-c', 'shared_buffers=256MB', '-c', 'max_connections=100'], { ...user, cwd: directory, stdio: 'ignore' });
  const ended = new Promise((resolve) => { server.once('exit', resolve); });
  const at = ['-h', directory, '-U', 'kl'];
  while (spawnSync(join(bin, 'pg_isready'), ['-q', ...at, '-d', 'postgres']).status !== 0) {
    if (server.exitCode !== null) throw new Error('PostgreSQL has ended.');
    await new Promise((resolve) => { setTimeout(resolve, 50); });
  }
  return {
    url: `postgres://kl@${encodeURIComponent(directory)}/postgres?sslmode=disable`,
    sql: (text) => run('psql', [...at, '-d', 'postgres', '-q', '-A', '-t', '-v', 'ON_ERROR_STOP=1'], { input: text }),
    /** Transactions a second of this script, by as many clients as the servers are asked by. */
    pgbench: (script, clients, seconds) => {
      writeFileSync(join(directory, 'bench.sql'), script);
      const text = run('pgbench', [...at, '-n', '-M', 'prepared', '-f', 'bench.sql', '-c', String(clients), '-T', String(seconds), 'postgres']);
      const rate = Number(/^tps = ([\d.]+)/m.exec(text)?.[1]);
      // On a machine that is too busy no transaction ends in time.
      if (!(rate > 0)) throw new Error(`pgbench has measured nothing: ${text}`);
      return rate;
    },
    async stop() {
      server.kill('SIGQUIT');
      await ended;
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
