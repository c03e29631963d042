// The module of Node: the client and the credential chain in one.

import { text } from '#client-bytes';

export const bytes = () => Buffer.from(text, 'base64');

export const load = () => WebAssembly.compile(bytes());
