// The parts of the offline module in Node.

import * as bytes from '#bytes';

export const diagnosis = () => Buffer.from(bytes.diagnosis, 'base64');
export const secrets = () => Buffer.from(bytes.secrets, 'base64');
