/** Training stopped because a value is not finite or the loss exploded; what was saved before stays usable. */
export class DivergenceError extends Error {
  /** `DivergenceError`. */
  override readonly name = "DivergenceError";

  /**
   * @param term - what went wrong: a loss term, `gradient`, or a parameter
   * @param fromStep - last step known to be good, 0 at the start
   * @param step - step at which it was seen
   * @param message - cause and advice
   */
  constructor(
    readonly term: string,
    readonly fromStep: number,
    readonly step: number,
    message: string,
  ) {
    super(message);
  }
}
