/**
 * Whether a version such as `6.54.12` or `6.0.0-rc.3` stands before a release; release candidates count as the release.
 * A text that is no version stands before every release.
 */
export function isBefore(version: string, release: readonly [major: number, minor: number, patch: number]): boolean {
  const match = /^v?(\d+)(?:\.(\d+))?(?:\.(\d+))?[-.]?(a|b|dev)?/.exec(version);
  if (match === null) return true;
  for (const [i, wanted] of release.entries()) {
    const have = Number(match[i + 1] ?? 0);
    if (have !== wanted) return have < wanted;
  }
  return match[4] !== undefined;
}
