/** Wrong usage or unreadable input: exit status 2, before any work. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}
