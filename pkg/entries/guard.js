// keylatch/guard: needs no service, and no client.

export { createGuard } from '../guard/guard.js';
export { issueKey } from '../guard/issue.js';
