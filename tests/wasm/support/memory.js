// The memory of the WebAssembly, which the package itself does not give away.

/** Remembers the memory of every WebAssembly that is started from now on. */
export function watchMemory() {
  const Native = WebAssembly.Instance;
  const memories = [];
  WebAssembly.Instance = new Proxy(Native, {
    construct(target, values) {
      const instance = Reflect.construct(target, values);
      if (instance.exports.memory) memories.push(instance.exports.memory);
      return instance;
    },
  });
  return () => memories;
}
