/// <reference lib="dom" />
/**
 * keylatch/redact: finds keys in texts, and keeps them out of logs. It knows the keys of the
 * services of `keylatch/catalogue` by their look, and every `Secret` that is alive by its value.
 *
 * @module
 */
import type { Certainty, KeyPurpose, Provider, ProviderSpec, Secret } from './index.js';

/** A key in a text. */
export interface FoundKey {
  /** The key as it is meant, also where the text escapes characters of it; it shows itself only when asked. */
  key: Secret;
  /** Where it begins in the text, in UTF-16 code units. */
  index: number;
  /**
   * How many UTF-16 code units it has there: more than the key where characters of it are escaped (`%2B`, `\u002b`, `&#43;`), and
   * those of the whole base64 of a header of Basic authentication.
   */
  length: number;
  /** Id of the service. */
  provider: string;
  /** How sure its look is. */
  certainty: Certainty;
  /** What the service calls such a key. */
  kind: string;
  /** What it is for: identifiers and publishable keys are told as such. */
  purpose: KeyPurpose;
  /** Whether it is of test mode. */
  test?: true;
  /** Whether a checksum whose algorithm was only observed does not fit. */
  doubtful?: true;
}

/**
 * Every key in a text, in the order of their places. Placeholders are none, and neither is what fails a checksum that its
 * service documents.
 *
 * @example
 * ```js
 * import { extractKeys } from 'keylatch/redact';
 *
 * const [found] = extractKeys('GITHUB_TOKEN=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 # revoked');
 * found.provider; // → 'github'
 * [found.index, found.length]; // → [ 13, 40 ]
 * found.key.mask(); // → 'ghp_…Lq17'
 * ```
 *
 * @throws {KeylatchError} `invalid_argument` when it is no string.
 */
export function extractKeys(text: string): FoundKey[];

/** How to redact. */
export interface RedactOptions {
  /**
   * What is looked for: an id means the secrets of a service, `id/kind` one kind of it whatever it is for, a declaration
   * its own keys. Default: the secrets of every service. Living secrets are redacted in any case.
   */
  formats?: readonly (string | Provider | ProviderSpec)[];
  /** What stays of a key: its public `prefix` (default), a `mask` with its last four characters, or `none` of it. */
  keep?: 'prefix' | 'mask' | 'none';
  /** Keys that stay as they are. */
  allow?: readonly (string | Secret)[];
}

/** Redacts texts, values and streams in one way. */
export interface Redactor {
  /**
   * A value without keys: of a text, a text; of bytes, bytes; of anything else a copy of the same structure, in which each
   * text is redacted. Cycles, Map, Set, Error, Headers, URL and class instances are copied as such. Bytes, texts and instances
   * that hold no key are the same ones; bytes are UTF-8, or UTF-16 with its mark. What only an object itself can reach (private
   * members, the body of a Request) is not looked into, but for what it tells by `toJSON`, `toString` or getters, and for what
   * Node shows of it, such as the value of a Promise. Where the names of two entries become one, the second is called `… (2)`.
   */
  redact<T>(value: T): T;
  /** A stream of strings or of bytes, which finds a key across the borders of its pieces. */
  transformStream(): TransformStream<any, any>;
  /** The same as a stream of Node (20.16, 22.3 or newer). */
  nodeTransform(): any;
}

/**
 * A redactor.
 *
 * @example
 * ```js
 * import { createRedactor } from 'keylatch/redact';
 *
 * const { redact } = createRedactor({ formats: ['github', 'aws/access-key-long-term'], keep: 'mask' });
 * redact('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 and AKIAQ3EGRIT3VZ2M7XKN'); // → 'ghp_…Lq17 and …7XKN'
 * createRedactor({ formats: ['mistral'] }); // throws invalid_argument
 * ```
 *
 * @throws {KeylatchError} `invalid_argument` when an option cannot be used, `unknown_provider` when there is no such service.
 */
export function createRedactor(options?: RedactOptions): Redactor;

/**
 * Redacts with the usual options.
 *
 * @example
 * ```js
 * import { Secret } from 'keylatch';
 * import { redact } from 'keylatch/redact';
 *
 * redact('token 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'); // → 'token ghp_[redacted]'
 * redact({ headers: new Map([['authorization', 'Bearer sk_live_4eC39HqLyjWDarjtT1zdp7dc']]) });
 * // → { headers: Map(1) { 'authorization' => 'Bearer sk_live_[redacted]' } }
 * const secret = new Secret('correct horse/battery');
 * redact('GET /?key=correct%20horse%2Fbattery'); // → 'GET /?key=[redacted]'
 * secret[Symbol.dispose]();
 * ```
 */
export function redact<T>(value: T): T;

/**
 * What pino takes. Each line is redacted as it is written (pino 9.3 or newer).
 *
 * @example
 * ```js
 * const options = forPino(); // pino(forPino()), or pino({ ...options, level: 'debug' })
 * options.hooks.streamWrite('{"msg":"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"}'); // → '{"msg":"ghp_[redacted]"}'
 * ```
 */
export function forPino(redactor?: Pick<Redactor, 'redact'>): { hooks: { streamWrite(line: string): string } };

/**
 * A format of winston, which stands last, so that it redacts the written line too: `format.combine(format.json(), forWinston())`.
 *
 * @example
 * ```js
 * forWinston().transform({ level: 'info', message: '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' }).message; // → 'ghp_[redacted]'
 * ```
 */
export function forWinston(redactor?: Pick<Redactor, 'redact'>): { transform(info: any): any };

/**
 * Redacts what is written by a console from now on; what it returns undoes that.
 *
 * @example
 * ```js
 * const lines = [];
 * const console = { log: (text) => lines.push(text) };
 * const undo = redactConsole(console);
 * console.log('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');
 * lines; // → [ 'ghp_[redacted]' ]
 * undo();
 * ```
 */
export function redactConsole(target?: object, redactor?: Pick<Redactor, 'redact'>): () => void;

/**
 * A span processor of OpenTelemetry, to stand before the one that exports. It redacts names, attributes, status, events, links
 * and the resource.
 *
 * @example
 * ```js
 * const span = { name: 'GET /', attributes: { key: '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' }, events: [], links: [] };
 * forOpenTelemetry().onEnd(span);
 * span.attributes; // → { key: 'ghp_[redacted]' }
 * ```
 */
export function forOpenTelemetry(redactor?: Pick<Redactor, 'redact'>): {
  onStart(): void;
  onEnd(span: any): void;
  forceFlush(): Promise<void>;
  shutdown(): Promise<void>;
};
