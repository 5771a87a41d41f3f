import { readPickle } from "../../src/io/pickle/readPickle.js";
import { fixture } from "./fixtures.js";

/** The first pickles of a file of PyTorch before 1.6: of the magic number, the version and the machine. The value comes behind them. */
export function legacyStart(): Uint8Array {
  const bytes = fixture("legacy4.pt");
  const host = { global: () => ({}), persistent: () => ({}), call: () => ({}), build: () => {} };
  let end = 0;
  for (let i = 0; i < 3; i++) end = readPickle(bytes, end, host, "legacy4.pt").end;
  return bytes.subarray(0, end);
}
