/** Where a {@link FormatError} was found, as far as known. */
export interface FormatErrorPlace {
  /** File name. */
  readonly file?: string;
  /** Tensor name. */
  readonly tensor?: string;
}

/** A file or byte buffer that cannot be read as its format says; nothing was changed. */
export class FormatError extends Error {
  /** `FormatError`. */
  override readonly name = "FormatError";

  /**
   * @param code - stable short name of the defect, such as `size-mismatch`
   * @param message - what was required, what came, what to do
   * @param at - where: file name and tensor name, as far as known
   */
  constructor(
    readonly code: string,
    message: string,
    readonly at: FormatErrorPlace = {},
  ) {
    super(`${at.file === undefined ? "" : `${at.file}: `}${message} [${code}]`);
  }
}

/** A backend that cannot be opened. */
export class BackendError extends Error {
  /** `BackendError`. */
  override readonly name = "BackendError";

  /**
   * @param code - stable short name, such as `not-installed`
   * @param message - what is missing and the command that mends it
   * @param options - `cause`, where there was one
   */
  constructor(
    readonly code: string,
    message: string,
    options?: { readonly cause?: unknown },
  ) {
    super(message, options);
  }
}
