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

/** @param {any} [target] @param {Redacts} [redactor] */
export function redactConsole(target = console, redactor = { redact }) {
  const names = ['debug', 'dir', 'error', 'group', 'groupCollapsed', 'info', 'log', 'table', 'trace', 'warn'];
  const before = names.filter((name) => typeof target[name] === 'function').map((name) => /** @type {const} */ ([name, target[name]]));
  for (const [name, write] of before) target[name] = (/** @type {any[]} */ ...values) => write.apply(target, values.map((value) => redactor.redact(value)));
  return () => before.forEach(([name, write]) => (target[name] = write));
}

/** A span processor, to stand before the one that exports. @param {Redacts} [redactor] */
export function forOpenTelemetry(redactor = { redact }) {
  const replace = (/** @type {any} */ of) => {
    if (of) for (const name of Object.keys(of)) of[name] = redactor.redact(of[name]);
  };
  return {
    onStart() {},
    onEnd(/** @type {any} */ span) {
      span.name = redactor.redact(span.name);
      replace(span.attributes);
      if (span.status?.message) span.status = { ...span.status, message: redactor.redact(span.status.message) };
      for (const event of span.events ?? []) {
        event.name = redactor.redact(event.name);
        replace(event.attributes);
      }
      for (const link of span.links ?? []) replace(link.attributes);
    },
    forceFlush: async () => {},
    shutdown: async () => {},
  };
}
