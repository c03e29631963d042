// What the frameworks share: their entries import nothing else, so that none of
// them brings a second copy of the guard.

/** Whether it is for the client, and not a failure of the program. @param {any} error */
export const isRefusal = (error) => error?.name === 'KeylatchError' && typeof error.problem === 'object';

/**
 * The options of a framework's guard, and those of `authenticate` for a request.
 * @param {{ address?: (...request: any[]) => unknown } | undefined} options @param {any[]} request
 */
export function forRequest(options, ...request) {
  return options?.address ? { ...options, address: options.address(...request) } : options;
}
