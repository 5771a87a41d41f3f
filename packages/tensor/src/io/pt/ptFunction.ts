/** A name that a pickle may call: it makes data, and nothing else happens. */
export interface PtFunction {
  /** The result; `undefined` where the arguments are not those that PyTorch and Python write. */
  call(args: readonly unknown[], context: CallContext): unknown;
}

/** What a call may use. */
export interface CallContext {
  /** File name, for messages. */
  readonly file: string;
  /** Counts bytes that are copied. */
  spend(bytes: number): void;
}
