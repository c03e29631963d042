/** What the conformance script tells when it has done everything, and without a server. */
export const OFFLINE = ['check', 'headers', 'guard', 'redact'];
export const ALL = [...OFFLINE, 'create', 'reveal once', 'rotate', 'revoke', 'delete', 'applications'];
