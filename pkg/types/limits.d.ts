/** What is left of a limit, as a guard or keylatch-server tells it. */
export interface RemainingLimit {
  /** As the limit is called. */
  name: string;
  /** Of the key alone (its own, or its application's), or of its owner, who shares it among all keys. */
  of: 'key' | 'owner';
  /** So much within a sliding window, or so much until it is filled again. */
  kind: 'rate' | 'quota';
  /** How much that is, in units of `cost`. */
  limit: number;
  /**
   * How much is left. The server counts what servers and guards hold ready of a quota as used until they give it back; a
   * guard tells what it knows.
   */
  remaining: number;
  /** Seconds until the window of a rate ends, or until a quota is there again; of one that refuses, until there is room. `null`: never. */
  resetSeconds: number | null;
}
