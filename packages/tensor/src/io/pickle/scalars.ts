import { cutShort, malformed, type PickleMachine } from "./machine.js";

/** UTF-8 text. */
export function decodeText(machine: PickleMachine, bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch {
    throw malformed(machine, "texts must be UTF-8");
  }
}

const decoder = /* @__PURE__ */ new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** A little-endian integer in two's complement: a number where it is exact in one, else a bigint. */
export function decodeInteger(bytes: Uint8Array): number | bigint {
  let value = 0n;
  for (const byte of [...bytes].reverse()) value = (value << 8n) | BigInt(byte);
  const signed = BigInt.asIntN(8 * bytes.length, value);
  const number = Number(signed);
  return Number.isSafeInteger(number) ? number : signed;
}

/** Longest part of a name. */
const longestLine = 1000;

/** A text that a line feed ends. */
export function readLine(machine: PickleMachine): string {
  const start = machine.at;
  const end = machine.bytes.subarray(start, start + longestLine).indexOf(0x0a);
  if (end >= 0) {
    machine.at = start + end + 1;
    return decodeText(machine, machine.bytes.subarray(start, start + end));
  }
  if (start + longestLine > machine.bytes.length) throw cutShort(machine.file);
  throw malformed(machine, `names must have at most ${longestLine} bytes`);
}
