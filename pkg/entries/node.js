// keylatch/node: what takes a computer.

export { CredentialFile } from '../node/credential-file.js';
export { login, logout } from '../node/session.js';
export { Credential, resolveKey } from '../node/resolve.js';
