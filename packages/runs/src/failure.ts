/** A job that cannot be done. */
export class JobError extends Error {
  /** `JobError`. */
  override readonly name = "JobError";

  /**
   * @param message - what was required, what came, what to do
   * @param kind - whether another attempt may do better
   */
  constructor(
    message: string,
    readonly kind: Failure,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/**
 * `final`: another attempt would end in the same way; `failed`: it may not; `lost`: the worker was killed, which is no fault of the job;
 * `refused`: this worker cannot do it, another may.
 */
export type Failure = "final" | "failed" | "lost" | "refused";

/** What kind of failure an error is. */
export const failureOf = (error: unknown): Failure => (error instanceof JobError ? error.kind : "failed");
