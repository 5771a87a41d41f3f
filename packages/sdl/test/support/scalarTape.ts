/** A number on a tape of operations: reverse-mode differentiation one scalar at a time, in float64 and on no kernel of ours. */
export interface Scalar {
  readonly value: number;
  /** dL/d this, after {@link backward}. */
  gradient: number;
  /** The scalars it came from, each with its local derivative. */
  readonly from: readonly (readonly [Scalar, number])[];
}

const made = (value: number, ...from: (readonly [Scalar, number])[]): Scalar => ({ value, gradient: 0, from });

/** A parameter or a constant. */
export const scalar = (value: number): Scalar => made(value);
export const plus = (a: Scalar, b: Scalar): Scalar => made(a.value + b.value, [a, 1], [b, 1]);
export const minus = (a: Scalar, b: Scalar): Scalar => made(a.value - b.value, [a, 1], [b, -1]);
export const times = (a: Scalar, b: Scalar): Scalar => made(a.value * b.value, [a, b.value], [b, a.value]);
export const scaled = (a: Scalar, by: number): Scalar => made(a.value * by, [a, by]);
export const positive = (a: Scalar): Scalar => (a.value > 0 ? made(a.value, [a, 1]) : made(0));
export const root = (a: Scalar): Scalar => made(Math.sqrt(a.value), [a, 0.5 / Math.sqrt(a.value)]);
export const total = (all: readonly Scalar[]): Scalar =>
  made(
    all.reduce((sum, { value }) => sum + value, 0),
    ...all.map((one) => [one, 1] as const),
  );
export const inner = (a: readonly Scalar[], b: readonly Scalar[]): Scalar =>
  total(a.map((x, d) => times(x, b[d] as Scalar)));

/** Fills in the gradients of everything that the loss came from. */
export function backward(loss: Scalar): void {
  const order: Scalar[] = [];
  const seen = new Set<Scalar>();
  const visit = (node: Scalar): void => {
    if (seen.has(node)) return;
    seen.add(node);
    for (const [parent] of node.from) visit(parent);
    order.push(node);
  };
  visit(loss);
  loss.gradient = 1;
  for (const node of order.reverse()) {
    for (const [parent, slope] of node.from) parent.gradient += slope * node.gradient;
  }
}
