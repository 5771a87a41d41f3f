/** A hand-over of values from a producer to one consumer, one at a time. */
export interface Channel<T> {
  /** Gives a value; resolves when the consumer has taken it, rejects when either side has failed. */
  readonly push: (value: T) => Promise<void>;
  /** No more values. */
  readonly close: () => void;
  /** Ends both sides with an error. */
  readonly fail: (error: unknown) => void;
  /** The values, for the consumer. */
  readonly values: AsyncIterable<T>;
}

interface Waiting<T> {
  readonly value: T;
  readonly taken: () => void;
  readonly failed: (error: unknown) => void;
}

/** Opens a channel, so that one pass over the data can feed two files. */
export function channel<T>(): Channel<T> {
  const waiting: Waiting<T>[] = [];
  let closed = false;
  let failure: { readonly error: unknown } | undefined;
  let wake = (): void => {};
  return {
    push: (value) =>
      new Promise((taken, failed) => {
        if (failure) failed(failure.error);
        else waiting.push({ value, taken, failed });
        wake();
      }),
    close() {
      closed = true;
      wake();
    },
    fail(error) {
      failure ??= { error };
      for (const { failed } of waiting.splice(0)) failed(error);
      wake();
    },
    values: {
      async *[Symbol.asyncIterator]() {
        for (;;) {
          if (failure) throw failure.error;
          const next = waiting.shift();
          if (next) {
            next.taken();
            yield next.value;
          } else if (closed) {
            return;
          } else {
            await new Promise<void>((resolve) => {
              wake = resolve;
            });
          }
        }
      },
    },
  };
}
