/** Numbers that come one after the other, in an array that doubles. */
export interface Growing<T extends Int32Array | Float32Array> {
  /** Room; the numbers are the first `length` of it. */
  values: T;
  /** How many there are. */
  length: number;
}

/** Adds a number. */
export function push<T extends Int32Array | Float32Array>(to: Growing<T>, value: number): void {
  if (to.length === to.values.length) {
    const grown = new (to.values.constructor as new (size: number) => T)(Math.max(1024, 2 * to.length));
    grown.set(to.values);
    to.values = grown;
  }
  to.values[to.length++] = value;
}
