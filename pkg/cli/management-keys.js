// The keys by which programs act on an application: where they are looked for, and what they look like.

export const MANAGEMENT_KEYS = {
  id: 'management', title: 'keylatch-server', env: ['KEYLATCH_MANAGEMENT_KEY'], envBaseUrl: ['KEYLATCH_URL'],
  format: { parts: ['kl_mgmt_', { alphabet: 'base62', length: 30 }, { checksum: 'crc32', covers: 'all', length: 6 }], certainty: 'documented' },
};
