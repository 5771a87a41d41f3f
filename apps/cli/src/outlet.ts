/** One of the two standard streams, whose reader may go away and whose disk may be full. */
export interface Outlet {
  /** Writes text; nothing where the stream has failed. */
  readonly write: (text: string) => void;
  /** Why it failed, unless its reader just went away. */
  readonly failure: () => Error | undefined;
}

/** Opens a standard stream; its errors end nothing. */
export function outlet(stream: NodeJS.WriteStream): Outlet {
  let failed = false;
  let failure: Error | undefined;
  const fail = (error: NodeJS.ErrnoException): void => {
    failed = true;
    if (error.code !== "EPIPE" && error.code !== "ERR_STREAM_DESTROYED") failure ??= error;
  };
  stream.on("error", fail);
  return {
    write(text) {
      if (failed) return;
      try {
        stream.write(text);
      } catch (error) {
        fail(error as NodeJS.ErrnoException);
      }
    },
    failure: () => failure,
  };
}
