// The default entry: the offline module is in it, the client comes with the first
// call that talks to a service.

export * from './facade.js';
