/** A cluster that cannot be used. */
export class SlurmError extends Error {
  /** `SlurmError`. */
  override readonly name = "SlurmError";
}
