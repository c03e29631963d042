// An operation of the client's WebAssembly, driven from promise to promise:
// src/wasm/client/task.rs.

/**
 * The result of an operation. None of its promises rejects.
 * @param {{ step(settled: unknown): Promise<any> | undefined, outcome(): any }} task
 */
export async function outcomeOf(task) {
  let settled;
  for (;;) {
    let promise;
    try {
      promise = task.step(settled);
    } finally {
      // An answer may hold a new key. The core has its copy now.
      settled?.bytes?.fill(0);
    }
    if (!promise) return task.outcome();
    settled = await promise;
  }
}
