/** An array of `count` times the same value. */
export const repeat = <T>(value: T, count: number): T[] => new Array<T>(count).fill(value);
