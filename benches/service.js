// The server under load: `cargo xtask bench server`.
//
//   node benches/service.js [--quick] [--check]
//
// Each row is a ratio of two measurements that follow each other, or a latency. So
// a busy machine makes the numbers of both worse, and the ratios stay what they
// are. Each is measured in several rounds, and told as the median with the least
// and the greatest.
//
// --quick  short rounds and few keys: shows that everything runs, and no more
// --check  fails where a target is missed

import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';

import { startCluster } from './service/cluster.js';
import { numbered, wrk } from './service/wrk.js';

const { values: options } = parseArgs({ options: { quick: { type: 'boolean' }, check: { type: 'boolean' } } });
const [ROUNDS, SECONDS] = options.quick ? [1, 1] : [5, 3];
const CONNECTIONS = 32;
/** The first thousand of the keys that can be used have been; each round uses so many others. */
const [USED, FRESH] = [1_000, options.quick ? 1_000 : 20_000];
/** More than one request looks at, so that both are as large as a list can be. */
const [FEW, MANY] = [10_000, options.quick ? 20_000 : 1_000_000];
const BIN = process.env.KEYLATCH_SERVER_BIN;
const directory = mkdtempSync(join(tmpdir(), 'keylatch-bench-'));
const say = (text) => process.stderr.write(`${text}\n`);

/** Whatever becomes of the measurement, no server is left behind. */
const running = new Set();
process.on('exit', () => { for (const child of running) child.kill('SIGKILL'); });
process.once('SIGTERM', () => process.exit(143));

/** A server with these flags, and what it is asked through. */
async function start(database, ...flags) {
  const child = spawn(BIN, ['--listen', '127.0.0.1:0', '--log', 'error', ...flags], {
    env: { ...process.env, KEYLATCH_DATABASE: database }, stdio: ['ignore', 'pipe', 'inherit'],
  });
  running.add(child);
  child.once('exit', () => running.delete(child));
  let url;
  for await (const line of createInterface({ input: child.stdout })) {
    url = /^keylatch-server listening on (\S+)$/.exec(line)?.[1];
    if (url) break;
  }
  if (!url) throw new Error('The server did not start.');
  const ended = new Promise((resolve) => { child.once('exit', resolve); });
  const ticks = () => {
    const [, rest] = readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(') ');
    const fields = rest.split(' ');
    return Number(fields[11]) + Number(fields[12]);
  };
  return {
    url,
    /** Under load; with the microseconds of a core that each request cost the server. */
    async load(lua, connections = CONNECTIONS, seconds = SECONDS) {
      const before = ticks();
      const result = await wrk({ url, directory, connections, seconds, lua });
      if (result.failed > 0) throw new Error(`${result.failed} of ${result.requests} requests failed: ${lua}`);
      return { ...result, cost: ((ticks() - before) * 10_000) / result.requests };
    },
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

function addUser(database, email) {
  const { status, stderr } = spawnSync(BIN, ['user', 'add', email], { input: 'correct horse\n', env: { ...process.env, KEYLATCH_DATABASE: database }, encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
}

async function sessionOf(url, user) {
  const answer = await fetch(`${url}/v1/session`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ user, password: 'correct horse' }) });
  if (!answer.ok) throw new Error(await answer.text());
  return answer.headers.get('set-cookie').split(';')[0];
}

const check = (prefix, count, first) => numbered(count, `wrk.format("GET", "/v1/account", {["authorization"]="Bearer ${prefix}" .. n})`, first);
const verify = (manager, prefix, count) => numbered(count, `wrk.format("POST", "/v1/verify", {["authorization"]="Bearer ${manager}", ["content-type"]="application/json"}, '{"key":"${prefix}' .. n .. '"}')`);
const HEALTH = numbered(1, 'wrk.format("GET", "/health")');
const create = (cookie) => `
request = function()
  return wrk.format("POST", "/v1/keys", {["cookie"]="${cookie}", ["content-type"]="application/json"}, '{"name":"load"}')
end`;
const get = (cookie, path) => `
request = function() return wrk.format("GET", "${path}", {["cookie"]="${cookie}"}) end`;

/** Rows of keys that are made past the server: used-N can be used, the others only listed. */
const COLUMNS = 'id, user_id, kind, name, name_folded, prefix, last_four, hash, scopes, full_access, created_at';
const SEED_POSTGRES = (user, kind, count) => `
  INSERT INTO keys (${COLUMNS})
  SELECT 'key_${kind}' || lpad(n::text, 16, '0'), (SELECT id FROM users WHERE email = '${user}'), 'keylatch',
         '${kind} ' || n, '${kind} ' || n, 'kl_live_', 'Ab12',
         encode(sha256(convert_to('${kind}-' || n, 'UTF8')), 'hex'), '[]', 0, 1700000000000 + n
  FROM generate_series(0, ${count - 1}) AS n;
  ANALYZE keys;`;
const SEED_SQLITE = `
import hashlib, sqlite3, sys
path, user, kind, count = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
base = sqlite3.connect(path)
owner, = base.execute("SELECT id FROM users WHERE email = ?", [user]).fetchone()
rows = ((f"key_{kind}{n:016}", owner, "keylatch", f"{kind} {n}", f"{kind} {n}", "kl_live_", "Ab12",
         hashlib.sha256(f"{kind}-{n}".encode()).hexdigest(), "[]", 0, 1700000000000 + n) for n in range(count))
base.executemany("INSERT INTO keys (${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
base.commit()
`;

/** Keys of an application, ten to each owner. */
const ISSUED_COLUMNS = 'id, application_id, owner, name, name_folded, prefix, last_four, environment, hash, scopes, metadata, allowed_addresses, created_at';
const SEED_ISSUED_POSTGRES = (application, kind, count) => `
  INSERT INTO owners (application_id, id, created_at) SELECT '${application}', 'cust_' || n, 1700000000000 FROM generate_series(0, ${count / 10 - 1}) AS n;
  INSERT INTO issued_keys (${ISSUED_COLUMNS})
  SELECT 'key_${kind}' || lpad(n::text, 16, '0'), '${application}', 'cust_' || n / 10, '${kind} ' || n, '${kind} ' || n, 'load_live_', 'Ab12', 'live',
         encode(sha256(convert_to('${kind}-' || n, 'UTF8')), 'hex'), '[]', '{}', '[]', 1700000000000 + n
  FROM generate_series(0, ${count - 1}) AS n;
  ANALYZE issued_keys; ANALYZE owners;`;
const SEED_ISSUED_SQLITE = `
import hashlib, sqlite3, sys
path, application, kind, count = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
base = sqlite3.connect(path)
base.executemany("INSERT INTO owners (application_id, id, created_at) VALUES (?, ?, ?)", ((application, f"cust_{n}", 1700000000000) for n in range(count // 10)))
rows = ((f"key_{kind}{n:016}", application, f"cust_{n // 10}", f"{kind} {n}", f"{kind} {n}", "load_live_", "Ab12", "live",
         hashlib.sha256(f"{kind}-{n}".encode()).hexdigest(), "[]", "{}", "[]", 1700000000000 + n) for n in range(count))
base.executemany("INSERT INTO issued_keys (${ISSUED_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
base.commit()
`;

/** By Python, whose SQLite is the standard library's. */
function seedSqlite(script, path, ...given) {
  const { status, stderr } = spawnSync('python3', ['-c', script, path, ...given.map(String)], { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
}

/** An application: its id, and the secret of a management key that may ask about its keys. */
async function application(url, cookie) {
  const post = async (path, body) => {
    const answer = await fetch(`${url}${path}`, { method: 'POST', headers: { cookie, 'content-type': 'application/json' }, body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(await answer.text());
    return answer.json();
  };
  const { id } = await post('/v1/applications', { name: 'load', formats: [{ environment: 'live', prefix: 'load_live_' }] });
  return { id, manager: (await post(`/v1/applications/${id}/management-keys`, { name: 'load', scopes: ['verify'] })).secret };
}

/** Waits until the index of names has what a search needs: then one request answers it. */
async function indexed(url, cookie) {
  for (;;) {
    const answer = await fetch(`${url}/v1/keys?search=nothing-like-it`, { headers: { cookie } });
    if (!answer.ok) throw new Error(await answer.text());
    if ((await answer.json()).next_cursor === null) return;
    await new Promise((resolve) => { setTimeout(resolve, 500); });
  }
}

/** The rows of one database. */
async function measure(title, database, seed, cluster) {
  const rows = [];
  /** Each round gives a number for each of the rows. */
  const inRounds = async (targets, round) => {
    const all = [];
    for (let number = 0; number < ROUNDS; number += 1) all.push(await round(number));
    for (const [name, [target, unit = 'x']] of Object.entries(targets)) {
      const values = all.map((numbers) => numbers[name]).sort((one, other) => one - other);
      const row = { what: `${name}, ${title}`, value: values[values.length >> 1], least: values[0], greatest: values.at(-1), target, unit };
      rows.push(row);
      say(inWords(row));
    }
  };
  for (const user of ['few@example.com', 'many@example.com', 'used@example.com']) addUser(database, user);
  seed.keys('used@example.com', 'used', USED + ROUNDS * FRESH);
  seed.keys('few@example.com', 'few', FEW);
  seed.keys('many@example.com', 'many', MANY);

  let server = await start(database);
  await server.load(check('used-', USED, 0), CONNECTIONS, 1);
  await inRounds({ 'check from memory: cost over the route without a database': [1.5] }, async () => {
    const floor = await server.load(HEALTH);
    const kept = await server.load(check('used-', USED, 0));
    return { 'check from memory: cost over the route without a database': kept.cost / floor.cost };
  });
  const holder = await sessionOf(server.url, 'used@example.com');
  const [small, large] = [await application(server.url, holder), await application(server.url, holder)];
  seed.issued(small.id, 'issuedfew', FEW);
  seed.issued(large.id, 'issuedmany', MANY);
  const verified = 'verify from memory: cost over the route without a database';
  await server.load(verify(small.manager, 'issuedfew-', USED), CONNECTIONS, 1);
  await inRounds({ [verified]: [1.5] }, async () => {
    const floor = await server.load(HEALTH);
    const kept = await server.load(verify(small.manager, 'issuedfew-', USED));
    return { [verified]: kept.cost / floor.cost };
  });
  await server.stop();

  server = await start(database, '--check-cache', '0');
  // Each another key, so that it is found among all of them.
  const verifying = `verify that asks: ${MANY} keys of ${MANY / 10} owners over ${FEW}, p50`;
  await inRounds({ [verifying]: [1.5] }, async () => {
    const few = await server.load(verify(small.manager, 'issuedfew-', FEW), 1);
    const many = await server.load(verify(large.manager, 'issuedmany-', MANY), 1);
    return { [verifying]: many.p50 / few.p50 };
  });
  const asks = 'check that asks: pgbench\u2019s SELECT by hash is faster';
  const firstUse = 'first use: p99 over that of later uses';
  await inRounds({ ...cluster && { [asks]: [1.3] }, [firstUse]: [1.5] }, async (round) => {
    const later = await server.load(check('used-', USED, 0));
    const script = `\\set n random(0, ${USED - 1})\nSELECT keys.id, users.email FROM keys JOIN users ON users.id = user_id WHERE hash = encode(sha256(convert_to('used-' || :n, 'UTF8')), 'hex');\n`;
    const perSecond = cluster?.pgbench(script, CONNECTIONS, SECONDS);
    const first = await server.load(check('used-', FRESH, USED + round * FRESH));
    return { [asks]: perSecond / later.perSecond, [firstUse]: first.p99 / later.p99 };
  });
  await server.stop();

  server = await start(database);
  const [few, many, used] = await Promise.all(['few', 'many', 'used'].map((name) => sessionOf(server.url, `${name}@example.com`)));
  const creating = 'create: p99 at 32 connections';
  // On PostgreSQL it is the disk's and the other processes' doing.
  await inRounds({ [creating]: [cluster ? Infinity : 50, ' ms'] }, async () => ({ [creating]: (await server.load(create(used))).p99 }));
  say(`indexing the names of ${MANY} keys \u2026`);
  await Promise.all([indexed(server.url, few), indexed(server.url, many)]);
  for (const [what, path] of [
    ['list by cursor', (kind, count) => `/v1/keys?cursor=${kind}${String(count >> 1).padStart(16, '0')}`],
    ['search without a hit', () => '/v1/keys?search=nothing-like-it'],
    ['filter by status', () => '/v1/keys?status=revoked'],
    ['filter by a status of time', () => '/v1/keys?status=expired'],
  ]) {
    const name = `${what}: ${MANY} own keys over ${FEW}, p50`;
    await inRounds({ [name]: [1.5] }, async () => {
      const small = await server.load(get(few, path('few', FEW)), 1);
      const large = await server.load(get(many, path('many', MANY)), 1);
      return { [name]: large.p50 / small.p50 };
    });
  }
  for (const [what, path] of [
    ['an application\u2019s keys by cursor', (kind, count) => `keys?cursor=issued${kind}${String(count >> 1).padStart(16, '0')}`],
    ['the keys of one owner', (kind, count) => `keys?owner=cust_${count / 20}`],
    ['an application\u2019s keys, search without a hit', () => 'keys?search=nothing-like-it'],
    ['an application\u2019s keys, filter by status', () => 'keys?status=revoked'],
    ['owners by cursor', (kind, count) => `owners?cursor=cust_${count / 20}`],
  ]) {
    const name = `${what}: ${MANY} keys of ${MANY / 10} owners over ${FEW}, p50`;
    await inRounds({ [name]: [1.5] }, async () => {
      const ofFew = await server.load(get(used, `/v1/applications/${small.id}/${path('few', FEW)}`), 1);
      const ofMany = await server.load(get(used, `/v1/applications/${large.id}/${path('many', MANY)}`), 1);
      return { [name]: ofMany.p50 / ofFew.p50 };
    });
  }
  const others = 'others\u2019 checks while one user searches at 16 connections, p50';
  await inRounds({ [others]: [2] }, async () => {
    const quiet = await server.load(check('used-', USED, 0), 4);
    const [loud] = await Promise.all([
      server.load(check('used-', USED, 0), 4),
      wrk({ url: server.url, directory, connections: 16, seconds: SECONDS, lua: get(many, '/v1/keys?search=nothing-like-it') }),
    ]);
    return { [others]: loud.p50 / quiet.p50 };
  });
  await server.stop();
  return rows;
}

function inWords({ what, value, least, greatest, target, unit }, width = 0) {
  const [middle, from, to] = [value, least, greatest].map((number) => number.toFixed(2));
  const aim = target === Infinity ? '' : `, at most ${target}${unit}${value <= target ? '' : '  MISSED'}`;
  return `${what.padEnd(width)}  ${`${middle}${unit}`.padStart(10)}  (${from} to ${to})${aim}`;
}

say(`${cpus().length} processors, ${loadavg()[0].toFixed(1)} others at work; ${ROUNDS} rounds of ${SECONDS} s`);
const rows = [];
const cluster = await startCluster();
try {
  rows.push(...await measure('PostgreSQL', cluster.url, {
    keys: (...given) => cluster.sql(SEED_POSTGRES(...given)),
    issued: (...given) => cluster.sql(SEED_ISSUED_POSTGRES(...given)),
  }, cluster));
} finally {
  await cluster.stop();
}
try {
  const path = join(directory, 'keys.db');
  rows.push(...await measure('SQLite', path, {
    keys: (...given) => seedSqlite(SEED_SQLITE, path, ...given),
    issued: (...given) => seedSqlite(SEED_ISSUED_SQLITE, path, ...given),
  }));
} finally {
  rmSync(directory, { recursive: true, force: true });
}

const width = Math.max(...rows.map(({ what }) => what.length));
for (const row of rows) console.log(inWords(row, width));
const missed = rows.filter(({ value, target }) => !(value <= target));
if (options.check && missed.length > 0) {
  console.error(`${missed.length} targets were missed.`);
  process.exitCode = 1;
}
