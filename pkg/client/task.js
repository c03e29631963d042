// An operation of the client's WebAssembly, driven from promise to promise:
// src/wasm/client/task.rs.

/**
 * What comes of an operation. None of its promises rejects.
 * @param {{ step(settled: unknown): Promise<unknown> | undefined, outcome(): any }} task
 */
export async function outcomeOf(task) {
  let promise;
  while ((promise = task.step(await promise))) ;
  return task.outcome();
}
