// The keys of keylatch-server.

/**
 * What keys of applications look like: keylatch's own format, behind a prefix that each application chooses.
 * @type {import('../index.js').KeyFormat}
 */
export const KEYS = {
  parts: [
    { alphabet: 'abcdefghijklmnopqrstuvwxyz0123456789_', length: { min: 1, max: 23 } }, '_',
    { alphabet: 'base62', length: 30 }, { checksum: 'crc32', covers: 'all', length: 6 },
  ],
  certainty: 'documented',
};
