import { pause } from "./pause.js";

/** What a promise gives; undefined where it takes longer than so many milliseconds, or the signal is aborted before. */
export async function within<T>(
  milliseconds: number,
  promise: Promise<T>,
  signal?: AbortSignal,
): Promise<T | undefined> {
  const stop = new AbortController();
  const ends = signal === undefined ? stop.signal : AbortSignal.any([signal, stop.signal]);
  try {
    return await Promise.race([promise, pause(milliseconds, ends).then(() => undefined)]);
  } finally {
    stop.abort();
  }
}
