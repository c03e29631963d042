// keylatch/applications: needs no client.

export { Applications } from '../applications/applications.js';
