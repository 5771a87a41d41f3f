import { malformed, mostSpent, type PickleHost, type PickleMachine, pop, skip } from "./machine.js";
import { opcodes } from "./opcodes.js";

/** The value of a pickle and where it ends. */
export interface PickleValue {
  /** Map for a dict, arrays for lists, tuples (frozen) and sets, and what the host gave. Values may be shared, and may hold themselves. */
  readonly value: unknown;
  /** Index of the byte after STOP. */
  readonly end: number;
}

const STOP = 0x2e;

/**
 * Reads a pickle of protocol 2 to 5: plain data and what the host allows. Nothing is executed.
 *
 * @param start - index of its first byte
 * @param file - name for messages
 * @throws FormatError `pt-pickle` where it is malformed, `pt-truncated` where bytes are missing, `pt-limit` where it would need memory
 * out of proportion; what the host throws
 */
export function readPickle(bytes: Uint8Array, start: number, host: PickleHost, file: string): PickleValue {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const machine: PickleMachine = {
    bytes,
    view,
    at: start,
    stack: [],
    marks: [],
    memo: new Map(),
    host,
    file,
    left: mostSpent,
  };
  for (;;) {
    const code = bytes[skip(machine, 1)] as number;
    if (code === STOP) break;
    const opcode = opcodes.get(code);
    if (opcode === undefined)
      throw malformed(machine, `opcodes must be those of plain data, got 0x${code.toString(16)}`);
    opcode(machine);
  }
  const value = pop(machine);
  if (machine.stack.length > 0) throw malformed(machine, "the stack must be empty after the last value");
  return { value, end: machine.at };
}
