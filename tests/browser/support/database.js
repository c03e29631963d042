// A look into the server's SQLite file while the server runs.

import { readFile } from 'node:fs/promises';
import initSqlJs from 'sql.js';

const HEADER = 32;
const FRAME_HEADER = 24;

/** The rows of a query, as objects. */
export async function query(path, sql, values = []) {
  const { Database } = await initSqlJs();
  const database = new Database(await snapshot(path));
  try {
    const statement = database.prepare(sql, values);
    const rows = [];
    while (statement.step()) rows.push(statement.getAsObject());
    return rows;
  } finally {
    database.close();
  }
}

/** Whether a text stands anywhere in the files of the database, the log included. */
export async function holds(path, text) {
  const files = await Promise.all([path, `${path}-wal`, `${path}-shm`].map(bytes));
  return files.some((file) => file.includes(text));
}

/**
 * The database as one file. The server writes ahead to a log that SQLite as
 * wasm cannot read, so the log's committed pages are put in place here
 * (https://www.sqlite.org/fileformat2.html#walformat).
 */
async function snapshot(path) {
  const [main, wal] = await Promise.all([bytes(path), bytes(`${path}-wal`)]);
  const pages = wal.length > HEADER ? merge(main, wal) : Buffer.from(main);
  // Read and write version 1: no log any more.
  pages[18] = 1;
  pages[19] = 1;
  return pages;
}

function merge(main, wal) {
  const size = wal.readUInt32BE(8);
  const salts = wal.subarray(16, 24);
  const step = FRAME_HEADER + size;
  let pages = Buffer.from(main);
  let pending = [];
  for (let at = HEADER; at + step <= wal.length; at += step) {
    // Frames with other salts are left over from before the last checkpoint.
    if (!wal.subarray(at + 8, at + 16).equals(salts)) break;
    pending.push({ offset: (wal.readUInt32BE(at) - 1) * size, page: wal.subarray(at + FRAME_HEADER, at + step) });
    const committed = wal.readUInt32BE(at + 4);
    if (committed === 0) continue;
    const grown = Buffer.alloc(committed * size);
    pages.copy(grown);
    for (const { offset, page } of pending) page.copy(grown, offset);
    pages = grown;
    pending = [];
  }
  return pages;
}

async function bytes(path) {
  try {
    return await readFile(path);
  } catch (error) {
    if (error.code === 'ENOENT') return Buffer.alloc(0);
    throw error;
  }
}
