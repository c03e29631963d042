// What of a form is another than it was: only that is sent, so that whoever changes
// something else at the same time keeps it.

/** The members of `after` that `before` has not, or has otherwise. */
export const changedOf = (before, after) => Object.fromEntries(Object.entries(after).filter(([name, value]) => text(value) !== text(before[name])));

/** Whatever the order of an object's members. */
const text = (value) => JSON.stringify(value, (_, part) => (isObject(part) ? Object.fromEntries(Object.entries(part).sort()) : part));

const isObject = (part) => typeof part === 'object' && part !== null && !Array.isArray(part);
