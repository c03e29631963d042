// Schemathesis against a server of its own, as two users of it.

import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { startServer } from '../browser/support/server.js';
import { environment } from '../interop/python.js';

const execute = promisify(execFile);
const CONFIG = fileURLToPath(new URL('schemathesis.toml', import.meta.url));
const USERS = ['ann', 'ben'];
const PASSWORD = 'correct horse';

/**
 * Asks whatever the description of the API promises, with all checks, and gives
 * what was found: an exit code and a report.
 * @param {string[]} options of `schemathesis run`
 */
export async function ask(...options) {
  const program = join(dirname(await environment()), 'schemathesis');
  const directory = await mkdtemp(join(tmpdir(), 'keylatch-api-'));
  const server = await startServer('--issuer');
  try {
    const users = await Promise.all(USERS.map((name) => user(server, name)));
    const auth = join(directory, 'auth.json');
    await writeFile(auth, JSON.stringify({ auth: users }));
    const config = join(directory, 'schemathesis.toml');
    await writeFile(config, `${await readFile(CONFIG, 'utf8')}
[auth]
wfc = { path = ${JSON.stringify(auth)}, user = "${USERS[0]}", peers = ${JSON.stringify(USERS)} }
`);
    const args = ['--config-file', config, 'run', `${server.url}/openapi.json`, '--checks', 'all', ...options];
    const child = spawn(program, args, { cwd: directory, stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, COLUMNS: '160' } });
    let report = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => { report += data; });
    const [code] = await once(child, 'close');
    return { code, report };
  } finally {
    await server.stop();
    await rm(directory, { recursive: true, force: true });
  }
}

/** Adds a user, and gives the headers of a session of theirs. */
async function user(server, name) {
  const email = `${name}@example.com`;
  const adding = execute(process.env.KEYLATCH_SERVER_BIN, ['--database', server.database, 'user', 'add', email]);
  adding.child.stdin.end(`${PASSWORD}\n`);
  await adding;
  const answer = await fetch(`${server.url}/v1/session`, {
    method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ user: email, password: PASSWORD }),
  });
  if (!answer.ok) throw new Error(await answer.text());
  const headers = { Cookie: answer.headers.get('set-cookie').split(';')[0], Origin: server.url };
  return { name, fixedHeaders: Object.entries(headers).map(([header, value]) => ({ name: header, value })) };
}
