// What a key looks like.

/**
 * How sure we are of a fact about a service: `documented` by its vendor,
 * `observed` in public code, or `unknown`.
 */
export type Certainty = 'documented' | 'observed' | 'unknown';

/** Part of a key format: fixed text, one of several texts, a run of characters, or a checksum. */
export type FormatPart =
  | string
  | string[]
  | {
      /** `base62`, `hex`, `hex_lower`, `alphanumeric`, `base64url`, `digits`, or the characters themselves. */
      alphabet: string;
      /** Number of characters, or the bounds. At most one part of a format may vary. */
      length: number | { min: number; max: number };
    }
  | {
      checksum: 'crc32';
      /** What it covers: the random `body` alone (GitHub), or `all` that precedes (keylatch). */
      covers: 'body' | 'all';
      /** Characters of base62, left-padded with `0`. */
      length: number;
    };

/** What a key looks like: its parts, from the first character to the last. */
export interface KeyFormat {
  /** At least one; fixed text, choices, runs of characters, and at most one checksum, at the end. */
  parts: FormatPart[];
  /** Only a `documented` format makes a client refuse a key. Default in a declaration: `documented`. */
  certainty: Certainty;
}
