/** A kernel: numbers in, at most one number out. */
export type Kernel = (...values: number[]) => number | undefined;

/** The kernels of a compiled module on a memory, by name; every thread sees them in the same order. */
export function instantiate<Name extends string>(
  module: WebAssembly.Module,
  memory: WebAssembly.Memory,
): Record<Name, Kernel> {
  const { exports } = new WebAssembly.Instance(module, { env: { memory, abort } });
  return exports as Record<Name, Kernel>;
}

/** Where AssemblyScript ends up when it gives up. */
function abort(_message: number, _file: number, line: number, column: number): never {
  throw new Error(`internal: a kernel gave up at line ${line}, column ${column} of its source`);
}
