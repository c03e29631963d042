// Preloaded by `--import`: whatever waits for a minute or longer waits for a moment.

const { setTimeout: wait } = globalThis;
globalThis.setTimeout = (work, time, ...more) => wait(work, time >= 60_000 ? 500 : time, ...more);
