// What the demo page takes of the element to be of one piece with it. It is no entry of the
// package: what is in here may change with any version.

export { isOwnerId } from '../core/owner-id.js';
export { FormDialog, note } from '../element/dialog.js';
export { button, el, field, icon, setText, timeElement } from '../element/dom.js';
export { Failure } from '../element/failure.js';
export { dateProblem, dateValue, endOf, endOfDay, MAX_YEARS } from '../element/lifetime.js';
export { Offer } from '../element/offer.js';
export { revealKey } from '../element/reveal-dialog.js';
export { Speech } from '../element/speech.js';
export { styleSheet } from '../element/style-sheet.js';
