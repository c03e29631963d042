// A few assertions that need neither Node nor a library: the same specs run in
// Node, in a page and in a worker.

class Failure extends Error {
  name = 'Failure';
}

export function fail(message) {
  throw new Failure(message);
}

export function ok(value, message = 'expected it to hold') {
  if (!value) fail(message);
}

export function equal(found, expected, message = '') {
  if (!Object.is(found, expected)) fail(`${message} expected ${show(expected)}, found ${show(found)}`);
}

/** By value, as JSON sees it; `undefined` members count as absent. */
export function same(found, expected, message = '') {
  if (canonical(found) !== canonical(expected)) fail(`${message} expected ${canonical(expected)}, found ${canonical(found)}`);
}

export function includes(text, part, message = '') {
  if (!text.includes(part)) fail(`${message} expected ${show(part)} in ${show(text)}`);
}

/** The error of a call, which must throw or reject. */
export async function thrown(call, message = '') {
  let value;
  try {
    value = await call();
  } catch (error) {
    return error;
  }
  return fail(`${message} expected an error, found ${show(value)}`);
}

/** The KeylatchError of a call, which must have this code. */
export async function refused({ KeylatchError }, code, call, message = '') {
  const error = await thrown(call, message || code);
  if (!(error instanceof KeylatchError)) fail(`${message} expected a KeylatchError with ${code}, found ${show(error)}`);
  equal(error.code, code, `${message} ${error.message}:`);
  return error;
}

export function show(value) {
  try {
    if (typeof value === 'string') return JSON.stringify(value.length > 200 ? `${value.slice(0, 200)}…` : value);
    if (value instanceof Error) return `${value.name} ${value.code ?? ''}: ${value.message}`;
    return typeof value === 'object' && value !== null ? canonical(value) : String(value);
  } catch {
    return `a ${typeof value} that cannot be shown`;
  }
}

function canonical(value) {
  return JSON.stringify(value, (_, inner) => {
    const isPlain = typeof inner === 'object' && inner !== null && !Array.isArray(inner);
    return isPlain ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1))) : inner;
  }) ?? String(value);
}
