import { FormatError } from "../../errors.js";

/**
 * What a pickle asks of the world around it. Nothing in a pickle is executed: names, persistent ids and calls mean what the host says.
 */
export interface PickleHost {
  /** What a name such as `collections OrderedDict` stands for; throws where it is not allowed. */
  global(name: string): unknown;
  /** What a persistent id stands for. */
  persistent(id: unknown): unknown;
  /** The result of a call; what it copies it must `spend`, in bytes. */
  call(callee: unknown, args: readonly unknown[], spend: (bytes: number) => void): unknown;
  /** Gives an object its state. */
  build(object: unknown, state: unknown): void;
}

/** A pickle that is being read: its bytes, the stack and the memo. */
export interface PickleMachine {
  /** The bytes it stands in. */
  readonly bytes: Uint8Array;
  /** The same bytes, for numbers. */
  readonly view: DataView;
  /** Index of the next byte. */
  at: number;
  /** Values that wait to be used. */
  readonly stack: unknown[];
  /** Heights of the stack that MARK remembers. */
  readonly marks: number[];
  /** Values that may be used again. */
  readonly memo: Map<number, unknown>;
  /** What names and calls mean. */
  readonly host: PickleHost;
  /** File name, for messages. */
  readonly file: string;
  /** What may still be spent, see {@link spend}. */
  left: number;
}

/** What a pickle may spend: about the bytes that it makes us hold beside its own. */
export const mostSpent: number = 2 ** 27;
/** Values on the stack. */
const deepestStack = 2 ** 20;

/** The error of a pickle that is none. */
export function malformed({ at, file }: Pick<PickleMachine, "at" | "file">, required: string): FormatError {
  return new FormatError("pt-pickle", `${required}, at byte ${at} of the pickle; the file is damaged`, { file });
}

/** The pickle must not make more than a file of its size should: memo entries, containers and copies cost about what they hold. */
export function spend(machine: PickleMachine, bytes: number): void {
  machine.left -= bytes;
  if (machine.left < 0) throw overLimit("objects and memo entries", machine.file);
}

/** The error of a pickle that is too large to be one of a checkpoint. */
export function overLimit(what: string, file: string): FormatError {
  return new FormatError(
    "pt-limit",
    `the pickle must not have more ${what} than a checkpoint needs; do not trust this file`,
    {
      file,
    },
  );
}

/** Puts a value on the stack. */
export function push(machine: PickleMachine, value: unknown): void {
  if (machine.stack.length >= deepestStack) throw overLimit("values on its stack", machine.file);
  machine.stack.push(value);
}

/** Takes the last value from the stack. */
export function pop(machine: PickleMachine): unknown {
  if (machine.stack.length <= (machine.marks.at(-1) ?? 0)) throw malformed(machine, "a value must be on the stack");
  return machine.stack.pop();
}

/** The last value of the stack. */
export function top(machine: PickleMachine): unknown {
  if (machine.stack.length <= (machine.marks.at(-1) ?? 0)) throw malformed(machine, "a value must be on the stack");
  return machine.stack.at(-1);
}

/** Takes all values above the last mark. */
export function popToMark(machine: PickleMachine): unknown[] {
  const mark = machine.marks.pop();
  if (mark === undefined) throw malformed(machine, "a mark must be on the stack");
  return machine.stack.splice(mark);
}

/** Passes over `length` bytes and gives where they begin. */
export function skip(machine: PickleMachine, length: number): number {
  const { at, bytes } = machine;
  if (!(at + length <= bytes.length)) throw cutShort(machine.file);
  machine.at = at + length;
  return at;
}

/** The next bytes, as a view. */
export function take(machine: PickleMachine, length: number): Uint8Array {
  const at = skip(machine, length);
  return machine.bytes.subarray(at, at + length);
}

/** The error of bytes that end before the pickle does. */
export function cutShort(file: string): FormatError {
  const message = "the pickle must end with STOP, got the end of its bytes; the file is cut short";
  return new FormatError("pt-truncated", message, { file });
}
