// One line for each logger. Each takes a redactor of its own, or the usual one.

import { redact } from './redactor.js';

/** @typedef {{ redact: (value: any) => any }} Redacts */

/** What pino takes: every line is redacted as it is written. @param {Redacts} [redactor] */
export function forPino(redactor = { redact }) {
  return { hooks: { streamWrite: (/** @type {string} */ line) => redactor.redact(line) } };
}

/** A format of winston. @param {Redacts} [redactor] */
export function forWinston(redactor = { redact }) {
  return { transform: (/** @type {any} */ info) => redactor.redact(info) };
}

/** The methods of a console that write what they are given. */
const WRITING = ['assert', 'count', 'countReset', 'debug', 'dir', 'dirxml', 'error', 'group', 'groupCollapsed', 'info', 'log', 'table', 'time', 'timeEnd', 'timeLog', 'timeStamp', 'trace', 'warn'];

/** @param {any} [target] @param {Redacts} [redactor] */
export function redactConsole(target = console, redactor = { redact }) {
  const before = WRITING.filter((name) => typeof target[name] === 'function').map((name) => /** @type {const} */ ([name, target[name]]));
  for (const [name, write] of before) target[name] = (/** @type {any[]} */ ...values) => write.apply(target, values.map((value) => redactor.redact(value)));
  return () => before.forEach(([name, write]) => (target[name] = write));
}

/** A span processor, to stand before the one that exports. @param {Redacts} [redactor] */
export function forOpenTelemetry(redactor = { redact }) {
  /** Others than those that were given, which are whose they were. @param {any} of @param {string[]} names */
  const replace = (of, names) => {
    for (const name of names) if (of[name] !== undefined) of[name] = redactor.redact(of[name]);
  };
  /** What a program says of itself, such as its command line: one object for all its spans, by which exporters group them. @type {WeakMap<object, object>} */
  const resources = new WeakMap();
  /** @param {any} resource */
  const shared = (resource) => {
    let own = resources.get(resource);
    if (!own) {
      // It has attributes later than spans, and is the one that waits for them.
      const attributes = { enumerable: true, get: () => redactor.redact(Reflect.get(resource, 'attributes', own)) };
      resources.set(resource, (own = Object.create(resource, { attributes })));
    }
    return own;
  };
  return {
    onStart() {},
    onEnd(/** @type {any} */ span) {
      replace(span, ['name', 'attributes', 'status']);
      if (span.resource) span.resource = shared(span.resource);
      for (const event of span.events ?? []) replace(event, ['name', 'attributes']);
      for (const link of span.links ?? []) replace(link, ['attributes']);
    },
    forceFlush: async () => {},
    shutdown: async () => {},
  };
}
