// The examples in the declarations are run, as those in the READMEs are.

import { examples } from './support/blocks.js';
import { testExamples } from './support/run.js';

// What the reader has in mind: everything imported, and a session.
const PRELUDE = [
  "import * as keylatch from 'keylatch';",
  'const { authHeaders, checkKey, checkKeys, defineProvider, generateKey, hashKey, identifyKey, KeyClient, KeylatchError, maskKey, provider, providers, RevealOnce, Secret, verifyKey } = keylatch;',
  "const client = await KeyClient.signIn({ provider: 'keylatch', baseUrl: 'http://127.0.0.1:8787', user: 'demo@example.com', password: 'reveal-once' });",
].join(' ');

for (const part of ['errors', 'secrets', 'check', 'issue', 'headers', 'providers', 'client']) testExamples(`pkg/types/${part}.d.ts`, examples, PRELUDE);
testExamples('pkg/slim.d.ts', examples);
testExamples('pkg/catalogue.d.ts', examples);
testExamples('pkg/redact.d.ts', examples, "import { forOpenTelemetry, forPino, forWinston, redactConsole } from 'keylatch/redact'; ");
testExamples('pkg/node.d.ts', examples, "import { KeyClient } from 'keylatch'; import { CredentialFile, logout, resolveKey } from 'keylatch/node'; ");
for (const file of ['pkg/applications.d.ts', ...['application-keys', 'owners', 'management-keys'].map((part) => `pkg/types/${part}.d.ts`)]) {
  testExamples(file, examples, `${PRELUDE} const { Applications } = await import('keylatch/applications'); `);
}
const GUARD = "import { createGuard, issueKey } from 'keylatch/guard'; ";
testExamples('pkg/guard.d.ts', examples, GUARD);
testExamples('pkg/guard-fetch.d.ts', examples, GUARD);
