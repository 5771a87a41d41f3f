import type { Backend } from "@monosema/tensor";

/** A backend that notes how long each of its kernels takes; meaningful where kernels run at the call, not where they are queued. */
export interface TimedBackend {
  /** The same backend. */
  readonly backend: Backend;
  /** Milliseconds in each kernel so far. */
  readonly milliseconds: ReadonlyMap<string, number>;
}

const kernels = [
  "tensor",
  "select",
  "decode",
  "dot",
  "update",
  "fired",
  "unary",
  "binary",
  "sum",
  "atLatents",
  "matMul",
  "rowNorms",
] as const;

/** Wraps a backend. */
export function timedBackend(backend: Backend): TimedBackend {
  const milliseconds = new Map<string, number>();
  const timed = (name: (typeof kernels)[number]): unknown => {
    const call = backend[name] as (...args: unknown[]) => unknown;
    return (...args: unknown[]): unknown => {
      const started = performance.now();
      try {
        return call.apply(backend, args);
      } finally {
        milliseconds.set(name, (milliseconds.get(name) ?? 0) + performance.now() - started);
      }
    };
  };
  return { backend: { ...backend, ...Object.fromEntries(kernels.map((name) => [name, timed(name)])) }, milliseconds };
}
