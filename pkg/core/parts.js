// The parts of the offline module that the quick check does not need. Each is compiled
// when it is first called, and left out of a bundle in which nothing calls it.

import { secretErrors } from '#data';
import * as load from '#parts';

import { learn } from './errors.js';
import { part } from './offline.js';

/**
 * The exports of src/wasm/offline/, by part.
 * @typedef {{
 *   diagnose(format: number, length: number): number, resembled(length: number): number,
 *   checkLines(format: number, length: number): number,
 *   declareFormat(length: number): number, dropFormat(number: number): void,
 *   lookalike(character: number): number,
 * }} Diagnosis
 * @typedef {{
 *   generate(format: number, prefix: number, random: number): number,
 *   mask(length: number): number, hash(length: number): number,
 *   hold(length: number): number, reserve(length: number): number, free(slot: number): void,
 *   header(scheme: number, user: number, key: number): number,
 *   base(protocol: number, hostname: number, hasUserinfo: boolean, hasQuery: boolean, allowInsecure: boolean): number,
 *   admits(first: number, second: number, hasUserinfo: boolean): boolean,
 * }} Secrets
 * @typedef {import('./offline.js').Offline} Offline
 */

/** What is wrong with a text; formats that a user declares. @param {Offline} core @returns {Diagnosis} */
export const diagnosis = (core) => part(core, 'diagnosis', load.diagnosis);

/**
 * Secrets that are made, held and hashed; where and how they are sent. What is refused only
 * then has its sentences from here.
 * @param {Offline} core @returns {Secrets}
 */
export const secrets = (core) => core.parts.secrets ?? (learn(secretErrors), part(core, 'secrets', load.secrets));
