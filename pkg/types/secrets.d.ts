// Keys as values that show nothing of themselves.

// As lib `esnext.disposable` has it, which TypeScript before 5.2 does not have.
declare global {
  interface SymbolConstructor {
    readonly dispose: unique symbol;
  }
  interface Disposable {
    [Symbol.dispose](): void;
  }
}

/**
 * Text that does not get out by accident: `console.log`, `JSON.stringify`,
 * template strings and `util.inspect` all show `[redacted]`. To deep equality (of
 * `node:assert`, Jest, Vitest) two are equal when their texts are, which they compare by
 * a digest with a salt of the process; one that was wiped is equal to itself alone.
 *
 * @example
 * ```js
 * const key = new Secret('kl_test_T7mQ2vXbN9cRk4LwZs8HdYp3GfJu6A1RHBms');
 * `${key} ${JSON.stringify({ key })}`; // → '[redacted] {"key":"[redacted]"}'
 * key.mask(); // → 'kl_test_…HBms'
 * key.expose(); // → 'kl_test_T7mQ2vXbN9cRk4LwZs8HdYp3GfJu6A1RHBms'
 * ```
 */
export class Secret {
  /** Wraps a key that you already have. @throws {KeylatchError} `invalid_argument` when it is no string. */
  constructor(text: string);
  /** The text itself. Calling this is the decision to let it out. @throws {KeylatchError} `already_revealed` when it was wiped. */
  expose(): string;
  /** Enough to recognise the key by, never enough to use it. */
  mask(): string;
  /** Wipes it from memory; afterwards `expose()` throws `already_revealed`. */
  [Symbol.dispose](): void;
  /** `[redacted]`. */
  toString(): string;
  /** `[redacted]`. */
  toJSON(): string;
}

/**
 * A new key, kept in WebAssembly memory until it is looked at, once. It can be
 * passed wherever a key is taken, which does not count as looking at it.
 *
 * @example
 * ```js
 * const { secret } = await client.create({ name: 'seen once' });
 * secret.revealed; // → false
 * hashKey(secret); // → '…'
 * secret.reveal(); // → 'kl_test_…'
 * secret.reveal(); // throws already_revealed
 * ```
 */
export class RevealOnce {
  private constructor();
  /** Hands the key out and wipes it. @throws {KeylatchError} `already_revealed` from the second call on. */
  reveal(): string;
  /** Whether it was handed out or wiped. */
  readonly revealed: boolean;
  /** Wipes the key unseen. */
  [Symbol.dispose](): void;
  /** `[redacted]`. */
  toString(): string;
  /** `[redacted]`. */
  toJSON(): string;
}

/** A key, in any of its forms. */
export type Credential = string | Secret | RevealOnce;
