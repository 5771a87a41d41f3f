import type { Binary, Unary } from "../backend.js";

/** Whether a function of entries is 0 wherever no pair is stored, given that its argument is (or is not). */
export function cleanUnary(op: Unary, clean: boolean): boolean {
  return clean && op !== "exp";
}

/** The same of an operator; b is entries, of which it is known whether they are clean, or a number. */
export function cleanBinary(op: Binary, a: boolean, b: boolean | number): boolean {
  switch (op) {
    case "mul":
      return a || b === true; // 0 times anything
    case "div":
      return a || b === true; // 0 by anything, anything by 0: both 0
    default:
      return a && (typeof b === "number" ? b === 0 : b);
  }
}
