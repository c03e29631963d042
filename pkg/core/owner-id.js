// The id that an application has for a customer. It stands in addresses, so nothing that means something there is in it.

/** @param {unknown} id @returns {id is string} */
export const isOwnerId = (id) => typeof id === 'string' && /^(?!\.{1,2}$)[!-~]{1,128}$/.test(id) && !/[/?#%\\]/.test(id);
