// keylatch/redact: keys in texts, found and kept out of logs.

export { extractKeys } from '../redact/extract.js';
export { createRedactor, redact } from '../redact/redactor.js';
export { forOpenTelemetry, forPino, forWinston, redactConsole } from '../redact/adapters.js';
