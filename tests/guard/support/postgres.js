// PostgreSQL for the tests: the one that KEYLATCH_TEST_POSTGRES_URL names, or a
// throw-away cluster of this computer's own, which ends with the test, however
// that ends. The tests of the server do the same: server/tests/service/postgres.rs.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';

// The shell ends the cluster when its standard input closes.
const SCRIPT = `
  "$1/initdb" -D "$2/data" -U kl -A trust --no-sync >"$2/log" 2>&1 || { echo failed; exit 1; }
  "$1/postgres" -D "$2/data" -k "$2" -c listen_addresses= -c fsync=off >>"$2/log" 2>&1 &
  until "$1/pg_isready" -q -h "$2" -U kl -d postgres; do
    kill -0 $! 2>/dev/null || { echo failed; exit 1; }
    sleep 0.05
  done
  echo ready
  cat >/dev/null
  kill -QUIT $!
  wait $!
  rm -rf "$2"
`;

/** How `pg` connects, and how it ends. */
export async function startPostgres() {
  const connectionString = process.env.KEYLATCH_TEST_POSTGRES_URL;
  if (connectionString) return { config: { connectionString }, stop: async () => {} };
  const directory = mkdtempSync(join(tmpdir(), 'keylatch-pg'));
  const user = unprivileged();
  if (user.uid !== undefined) chownSync(directory, user.uid, user.gid);
  const shell = spawn('sh', ['-c', SCRIPT, 'sh', programs(), directory], { cwd: directory, detached: true, stdio: ['pipe', 'pipe', 'ignore'], ...user });
  const [word] = await once(shell.stdout, 'data');
  if (String(word).trim() !== 'ready') throw new Error(`a cluster could not be started: ${readFileSync(join(directory, 'log'), 'utf8')}`);
  const stop = async () => {
    shell.stdin.end();
    await once(shell, 'close');
  };
  return { config: { host: directory, user: 'kl', database: 'postgres' }, stop };
}

function programs() {
  const debian = '/usr/lib/postgresql';
  const installed = existsSync(debian) ? readdirSync(debian).map((version) => join(debian, version, 'bin')) : [];
  const found = [...installed, ...process.env.PATH.split(delimiter)].find((place) => existsSync(join(place, 'initdb')));
  if (!found) throw new Error('these tests need PostgreSQL: run `cargo xtask test guard`, which installs it');
  return dirname(realpathSync(join(found, 'initdb')));
}

/** PostgreSQL refuses to run as root; then it runs as somebody else. */
function unprivileged() {
  if (process.getuid() !== 0) return {};
  const users = readFileSync('/etc/passwd', 'utf8').split('\n').map((line) => line.split(':'));
  const [, , uid, gid] = ['postgres', 'nobody'].map((name) => users.find(([own]) => own === name)).find(Boolean);
  return { uid: Number(uid), gid: Number(gid) };
}
