// keylatch/guard/next: for route handlers, which are functions like any other.

export { protect } from './fetch.js';
