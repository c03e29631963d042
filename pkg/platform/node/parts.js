// The parts of the offline module in Node.

import * as bytes from '#bytes';

export const diagnosis = () => new WebAssembly.Module(Buffer.from(bytes.diagnosis, 'base64'));
export const secrets = () => new WebAssembly.Module(Buffer.from(bytes.secrets, 'base64'));
