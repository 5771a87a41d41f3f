/** RangeError unless no feature is in two sets. */
export function checkDisjoint(caller: string, pattern: readonly (readonly number[])[]): void {
  const owner = new Map<number, number>();
  pattern.forEach((set, i) => {
    for (const d of set) {
      const other = owner.get(d);
      if (other !== undefined) {
        throw new RangeError(
          `${caller}: the sets of pattern must be disjoint, got feature ${d} in ${other} and ${i}; use alternatingConvexSearch`,
        );
      }
      owner.set(d, i);
    }
  });
}
