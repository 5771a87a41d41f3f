/** A number with four digits: what a person reads, in a third of the characters. */
export const rounded = (value: number): number => (Number.isInteger(value) ? value : Number(value.toPrecision(4)));

/** Plain data with all its numbers {@link rounded}. */
export function roundedData<T>(data: T): T {
  if (typeof data === "number") return rounded(data) as T;
  if (Array.isArray(data)) return data.map(roundedData) as T;
  if (typeof data !== "object" || data === null) return data;
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, roundedData(value)])) as T;
}
