import { FormatError } from "@monosema/tensor";

/**
 * The matrix of a name; without one the only one there is.
 *
 * @param file - for messages
 * @throws FormatError `ambiguous-tensor`, `tensor-not-found`, `bad-shape` where there is none
 */
export function pickMatrix(matrices: readonly string[], name: string | undefined, file: string): string {
  const [only] = matrices;
  const listed = matrices.join(", ");
  if (only === undefined) {
    const message = "the data must hold a matrix of floating-point numbers, got none; give a file of activations";
    throw new FormatError("bad-shape", message, { file });
  }
  if (name === undefined) {
    if (matrices.length === 1) return only;
    throw new FormatError("ambiguous-tensor", `one matrix must be named, got ${listed}; name one`, { file });
  }
  if (matrices.includes(name)) return name;
  const message =
    only === ""
      ? `the data hold one matrix without a name, got ${name}; leave the name out`
      : `the data must hold ${name}, got ${listed}; name one of them`;
  throw new FormatError("tensor-not-found", message, { file, tensor: name });
}
