// How long things may take before they count as hanging, in milliseconds. These
// are for hangs only: on a busy machine everything takes many times as long as on
// a quiet one, and still ends well within them.

/** One case, and whatever it waits for. */
export const CASE = 2 * 60_000;

/** One thing that a case waits for. Less than a case, so that what fails is the waiting, which has a name and a place. */
export const STEP = CASE / 2;

/** One file of cases. */
export const FILE = 10 * 60_000;
