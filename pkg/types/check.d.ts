// Whether a text is a key, and what is wrong with it. Nothing here asks a service.

import type { Certainty } from './formats.js';
import type { Provider, ProviderId, ProviderSpec } from './providers.js';

/** What is wrong with a text that should be a key. The sentence may change, this does not. */
export type ProblemCode =
  /** There is nothing. */
  | 'empty'
  /** White space before or after the key. */
  | 'surrounding_space'
  /** White space within the key. */
  | 'inner_space'
  /** The key is broken over lines. */
  | 'line_break'
  /** Quotation marks around the key. */
  | 'quotes'
  /** `Bearer`, `Basic` or the name of a header before the key. */
  | 'scheme_prefix'
  /** The name of a variable before the key, as in `LC_API_KEY=`. */
  | 'assignment_prefix'
  /**
   * Something that stands for a key: an example such as `<API-KEY>`, a reference that was not resolved such as
   * `op://vault/item/key` or `$KEY`, a word such as `None`, an escape (`\n` as two characters), a key shortened for showing.
   */
  | 'placeholder'
  /** A good key with other text around it, such as a line of a program. */
  | 'surrounding_text'
  /** A character that keys of the service do not have. */
  | 'bad_character'
  /** A character that looks like another, such as a Cyrillic letter. */
  | 'lookalike'
  /** A character that cannot be seen, such as a zero-width space. */
  | 'invisible'
  /** The key does not begin as keys of the service do. */
  | 'wrong_prefix'
  /** The key is too short or too long. */
  | 'wrong_length'
  /** The checksum does not fit: probably a typing error. */
  | 'wrong_checksum'
  /** A character that may not stand in an HTTP header. */
  | 'unsafe_in_header'
  /** A warning of a good key: it is publishable, and a secret key may have been meant. */
  | 'publishable_key'
  /** A warning: it is an identifier, and the key that it names may have been meant. */
  | 'identifier'
  /** A warning of a good key: it is of test mode, and a live key may have been meant. */
  | 'test_key';

/** One thing that is wrong with a text that should be a key. */
export interface KeyProblem {
  /** What to decide by. */
  code: ProblemCode;
  /** A sentence for the person: what is wrong, and what to do. */
  message: string;
  /** Where, in UTF-16 code units, so that `text.slice(index)` starts there. */
  index: number;
  /** How many UTF-16 code units it is about, from there on; 0 where something is missing. */
  length: number;
}

/** What a key is for: `secret`, `publishable` (meant to be seen) or `identifier` (names a key or an account, opens nothing). */
export type KeyPurpose = 'secret' | 'publishable' | 'identifier';

/** The answer to "is this a key?" */
export type KeyCheck =
  | {
      ok: true;
      /** Id of the service. */
      provider: string;
      /** How much the check means: `unknown` says only that nothing is certainly wrong. */
      certainty: Certainty;
      /** The known prefix that the key has, e.g. `kl_live_`. */
      prefix?: string;
      /** What the service calls such a key (`keylatch/catalogue`). */
      kind?: string;
      /** What it is for: a publishable key or an identifier is no secret (`keylatch/catalogue`). */
      purpose?: KeyPurpose;
      /** Whether it is of test mode (`keylatch/catalogue`). */
      test?: true;
      /**
       * What may be wrong all the same (`keylatch/catalogue`): the key is publishable, an identifier or of test mode, which is
       * easily pasted for a secret live key; or a checksum does not fit, whose algorithm was only observed.
       */
      warnings?: KeyProblem[];
    }
  | {
      ok: false;
      /** Id of the service. */
      provider: string;
      /** How sure the format is that the key was held against. */
      certainty: Certainty;
      /** Everything that is wrong, in the order of its place; at least one. */
      problems: KeyProblem[];
      /** Ids of other services that the text does look like a key of, whatever stands around the key. */
      looksLike: string[];
      /** The key that was meant, where the text certainly holds exactly one: without what stands around or within it. */
      fixed?: string;
    };

/**
 * Is this a key of the service? Offline; never throws on text.
 * @throws {KeylatchError} `unknown_provider`, `invalid_provider`, and `invalid_argument` when `text` is no string.
 *
 * @example
 * ```js
 * checkKey('keylatch', 'kl_test_T7mQ2vXbN9cRk4LwZs8HdYp3GfJu6A1RHBms').ok; // → true
 * checkKey('keylatch', 'kl_test_').problems;
 * // → [ { code: 'wrong_length', message: 'The key has a length of 8 instead of 44. …', index: 8, length: 0 } ]
 * checkKey('keylatch', '"KEY=kl_test_T7mQ2vXbN9cRk4LwZs8HdYp3GfJu6A1RHBms"').fixed; // → 'kl_test_T7mQ2vXbN9cRk4LwZs8HdYp3GfJu6A1RHBms'
 * checkKey('conduce', 'kl_test_T7mQ2vXbN9cRk4LwZs8HdYp3GfJu6A1RHBms').looksLike; // → [ 'keylatch' ]
 * ```
 */
export function checkKey(provider: ProviderId | Provider | ProviderSpec, text: string): KeyCheck;

/** What a line is: `ok` for a good key, else the code of its first problem. */
export type LineStatus = 'ok' | ProblemCode;

/**
 * Checks many keys in one call, a line each: several times as fast as a loop over
 * {@link checkKey}. An empty line is `empty`; a line break at the end begins no other
 * line; `\r\n` is a line break too. Bytes are read as UTF-8.
 * @throws {KeylatchError} `unknown_provider`, `invalid_provider`, and `invalid_argument` when `lines` is neither a string nor bytes.
 *
 * @example
 * ```js
 * checkKeys('keylatch', 'kl_test_T7mQ2vXbN9cRk4LwZs8HdYp3GfJu6A1RHBms\nkl_test_T7mQ2\n'); // → [ 'ok', 'wrong_length' ]
 * ```
 */
export function checkKeys(provider: ProviderId | Provider | ProviderSpec, lines: string | Uint8Array): LineStatus[];

/**
 * Which services could the text be a key of? The surest first; `unknown` says
 * only that nothing speaks against it.
 *
 * @example
 * ```js
 * identifyKey('kl_test_T7mQ2vXbN9cRk4LwZs8HdYp3GfJu6A1RHBms')[0];
 * // → { ok: true, provider: 'keylatch', certainty: 'documented', prefix: 'kl_test_' }
 * ```
 */
export function identifyKey(text: string): KeyCheck[];

/**
 * Enough to recognise the key by, never enough to use it: its prefix and the
 * last four characters, and nothing of a short text.
 *
 * @example
 * ```js
 * maskKey('kl_test_T7mQ2vXbN9cRk4LwZs8HdYp3GfJu6A1RHBms'); // → 'kl_test_…HBms'
 * maskKey('hunter2'); // → '…' (nothing)
 * ```
 */
export function maskKey(text: string): string;
