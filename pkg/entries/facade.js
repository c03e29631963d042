// The public face. What is here is what a Rust function cannot do well in
// JavaScript; decisions are made in Rust.

export * from './offline.js';
export { KeyClient } from '../client/client.js';
