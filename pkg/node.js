// keylatch/node: what takes a computer. Everything else is in the default entry,
// which this one starts too.

import './index.js';

export { CredentialFile } from './node/credential-file.js';
export { login, logout } from './node/session.js';
export { Credential, resolveKey } from './node/resolve.js';
