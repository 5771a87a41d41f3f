import { malformed, type PickleMachine, pop, popToMark, push, skip, spend, take, top } from "./machine.js";
import { decodeInteger, decodeText, readLine } from "./scalars.js";

/** What an opcode does. */
export type Opcode = (machine: PickleMachine) => void;

/** The opcodes of protocols 2 to 5 that the picklers of Python and PyTorch write for plain data, by their byte. STOP ends the loop. */
export const opcodes: ReadonlyMap<number, Opcode> = new Map<number, Opcode>(
  Object.entries({
    // Framing
    "\x80": (m) => checkProtocol(m), // PROTO
    "\x95": (m) => skip(m, 8), // FRAME
    "(": (m) => mark(m), // MARK
    // Scalars
    N: (m) => push(m, null), // NONE
    "\x88": (m) => push(m, true), // NEWTRUE
    "\x89": (m) => push(m, false), // NEWFALSE
    K: (m) => push(m, m.view.getUint8(skip(m, 1))), // BININT1
    M: (m) => push(m, m.view.getUint16(skip(m, 2), true)), // BININT2
    J: (m) => push(m, m.view.getInt32(skip(m, 4), true)), // BININT
    "\x8a": (m) => push(m, decodeInteger(take(m, length1(m)))), // LONG1
    G: (m) => push(m, m.view.getFloat64(skip(m, 8), false)), // BINFLOAT
    // Texts and bytes; the first two are texts of Python 2
    U: (m) => push(m, decodeText(m, take(m, length1(m)))), // SHORT_BINSTRING
    T: (m) => push(m, decodeText(m, take(m, length4(m)))), // BINSTRING
    "\x8c": (m) => push(m, decodeText(m, take(m, length1(m)))), // SHORT_BINUNICODE
    X: (m) => push(m, decodeText(m, take(m, length4(m)))), // BINUNICODE
    "\x8d": (m) => push(m, decodeText(m, take(m, length8(m)))), // BINUNICODE8
    C: (m) => push(m, take(m, length1(m))), // SHORT_BINBYTES
    B: (m) => push(m, take(m, length4(m))), // BINBYTES
    "\x8e": (m) => push(m, take(m, length8(m))), // BINBYTES8
    "\x96": (m) => push(m, take(m, length8(m))), // BYTEARRAY8
    // Containers: tuples are frozen arrays, sets are arrays
    ")": (m) => push(m, tuple(m, [])), // EMPTY_TUPLE
    "\x85": (m) => push(m, tuple(m, last(m, 1))), // TUPLE1
    "\x86": (m) => push(m, tuple(m, last(m, 2))), // TUPLE2
    "\x87": (m) => push(m, tuple(m, last(m, 3))), // TUPLE3
    t: (m) => push(m, tuple(m, popToMark(m))), // TUPLE
    "]": (m) => push(m, made(m, 64, [])), // EMPTY_LIST
    "\x8f": (m) => push(m, made(m, 64, [])), // EMPTY_SET
    "}": (m) => push(m, made(m, 128, new Map())), // EMPTY_DICT
    a: (m) => append(m, [pop(m)]), // APPEND
    e: (m) => append(m, popToMark(m)), // APPENDS
    "\x90": (m) => append(m, popToMark(m)), // ADDITEMS
    s: (m) => setItems(m, last(m, 2)), // SETITEM
    u: (m) => setItems(m, popToMark(m)), // SETITEMS
    // Memo
    q: (m) => memoize(m, length1(m)), // BINPUT
    r: (m) => memoize(m, length4(m)), // LONG_BINPUT
    "\x94": (m) => memoize(m, m.memo.size), // MEMOIZE
    h: (m) => recall(m, length1(m)), // BINGET
    j: (m) => recall(m, length4(m)), // LONG_BINGET
    // What the host gives its meaning
    c: (m) => push(m, m.host.global(`${readLine(m)} ${readLine(m)}`)), // GLOBAL
    "\x93": (m) => push(m, m.host.global(names(m).join(" "))), // STACK_GLOBAL
    Q: (m) => push(m, made(m, 256, m.host.persistent(pop(m)))), // BINPERSID
    R: (m) => call(m), // REDUCE
    b: (m) => build(m), // BUILD
  } satisfies Record<string, Opcode>).map(([character, opcode]) => [character.charCodeAt(0), opcode]),
);

const length1 = (m: PickleMachine): number => m.view.getUint8(skip(m, 1));
const length4 = (m: PickleMachine): number => m.view.getUint32(skip(m, 4), true);
const length8 = (m: PickleMachine): number => Number(m.view.getBigUint64(skip(m, 8), true));

function checkProtocol(m: PickleMachine): void {
  const protocol = length1(m);
  if (protocol < 2 || protocol > 5) throw malformed(m, `the protocol must be 2 to 5, got ${protocol}`);
}

function mark(m: PickleMachine): void {
  spend(m, 64);
  m.marks.push(m.stack.length);
}

/** Takes the last `count` values, in the order of the stack. */
function last(m: PickleMachine, count: number): unknown[] {
  const start = m.stack.length - count;
  if (start < (m.marks.at(-1) ?? 0)) throw malformed(m, `${count} values must be on the stack`);
  return m.stack.splice(start);
}

function names(m: PickleMachine): unknown[] {
  const parts = last(m, 2);
  if (!parts.every((part) => typeof part === "string")) throw malformed(m, "the parts of a name must be texts");
  return parts;
}

/** A new object, which takes about so many bytes. */
function made<T>(m: PickleMachine, bytes: number, value: T): T {
  spend(m, bytes);
  return value;
}

function tuple(m: PickleMachine, items: unknown[]): readonly unknown[] {
  return Object.freeze(made(m, 64, items));
}

function append(m: PickleMachine, items: readonly unknown[]): void {
  const list = top(m);
  if (!Array.isArray(list) || Object.isFrozen(list)) throw malformed(m, "items must be appended to a list or set");
  spend(m, 8 * items.length);
  for (const item of items) list.push(item);
}

function setItems(m: PickleMachine, items: readonly unknown[]): void {
  const map = top(m);
  if (!(map instanceof Map) || items.length % 2 !== 0) throw malformed(m, "keys and values must be set in a dict");
  spend(m, 16 * items.length);
  for (let i = 0; i < items.length; i += 2) {
    if (!isKey(items[i])) throw malformed(m, "keys must be texts, numbers, truth values or None");
    map.set(items[i], items[i + 1]);
  }
}

function isKey(key: unknown): boolean {
  return key === null || ["string", "number", "bigint", "boolean"].includes(typeof key);
}

function memoize(m: PickleMachine, index: number): void {
  spend(m, 64);
  m.memo.set(index, top(m));
}

function recall(m: PickleMachine, index: number): void {
  if (!m.memo.has(index)) throw malformed(m, `the memo must have entry ${index}`);
  push(m, m.memo.get(index));
}

function call(m: PickleMachine): void {
  const [callee, args] = last(m, 2);
  if (!Array.isArray(args)) throw malformed(m, "the arguments of a call must be a tuple");
  spend(m, 128);
  push(
    m,
    m.host.call(callee, args, (bytes) => spend(m, bytes)),
  );
}

function build(m: PickleMachine): void {
  const state = pop(m);
  m.host.build(top(m), state);
}
