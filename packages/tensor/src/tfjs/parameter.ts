import type { Tensor } from "@tensorflow/tfjs-core";
import type { AdamStep, Parameter } from "../backend.js";
import type { Engine } from "./engine.js";
import type { NativeOps } from "./nativeOps.js";

/** A parameter of the tfjs backend. */
export interface TfParameter extends Parameter {
  readonly value: Tensor;
  /** Value, first and second moment; temporaries of the caller. */
  state(): readonly [Tensor, Tensor, Tensor];
  /** One step of Adam by the gradient; `finish` is applied to the new value. */
  adam(gradient: Tensor, step: AdamStep, finish?: (value: Tensor) => Tensor): void;
  /** Replaces value and moments. */
  replace(value: Tensor, first: Tensor, second: Tensor): void;
  /** Frees the tensors. */
  free(): void;
}

/** A parameter in three tensors, stepped by tfjs operations. */
export function tensorParameter({ tf }: Engine, value: Tensor, first: Tensor, second: Tensor): TfParameter {
  let held = [value, first, second].map((t) => tf.keep(tf.clone(t))) as [Tensor, Tensor, Tensor];
  const replace = (...next: [Tensor, Tensor, Tensor]): void => {
    const old = held;
    held = next.map((t) => tf.keep(tf.clone(t))) as [Tensor, Tensor, Tensor];
    for (const t of old) t.dispose();
  };
  return hiding({
    get value() {
      return held[0];
    },
    state: () => held.map((t) => tf.clone(t)) as [Tensor, Tensor, Tensor],
    replace,
    free: () => {
      for (const t of held) t.dispose();
    },
    adam: (gradient, { t, lr, beta1, beta2, epsilon }, finish = (next) => next) => {
      tf.tidy(() => {
        const root = Math.sqrt(1 - beta2 ** t);
        const m = tf.add(tf.mul(held[1], beta1), tf.mul(gradient, 1 - beta1));
        const v = tf.add(tf.mul(held[2], beta2), tf.mul(tf.square(gradient), 1 - beta2));
        const direction = tf.div(m, tf.add(tf.sqrt(v), epsilon * root));
        replace(finish(tf.sub(held[0], tf.mul(direction, (lr * root) / (1 - beta1 ** t)))), m, v);
      });
    },
  });
}

/** A parameter in three TensorFlow variables, stepped in place by the fused kernel. */
export function variableParameter(
  { tf }: Engine,
  native: NativeOps,
  value: Tensor,
  first: Tensor,
  second: Tensor,
): TfParameter {
  const variables = {
    value: tf.keep(native.variable(value)),
    first: tf.keep(native.variable(first)),
    second: tf.keep(native.variable(second)),
  };
  let seen: Tensor | undefined; // shares the variable's memory: freed before each change
  const forget = (): void => {
    seen?.dispose();
    seen = undefined;
  };
  return hiding({
    get value() {
      seen ??= tf.keep(native.read(variables.value));
      return seen;
    },
    state: () => [native.read(variables.value), native.read(variables.first), native.read(variables.second)],
    replace: (nextValue, nextFirst, nextSecond) => {
      forget();
      native.assign(variables.value, nextValue);
      native.assign(variables.first, nextFirst);
      native.assign(variables.second, nextSecond);
    },
    free: () => {
      forget();
      for (const variable of Object.values(variables)) native.destroy(variable);
    },
    adam: (gradient, { t, lr, beta1, beta2, epsilon }, finish) => {
      forget();
      // The kernel decays by float32 numbers: the corrections belong to those.
      const root = Math.sqrt(1 - Math.fround(beta2) ** t);
      const rate = (lr * root) / (1 - Math.fround(beta1) ** t);
      native.adam(variables, gradient, { rate, epsilon: epsilon * root, beta1, beta2 });
      if (finish === undefined) return;
      tf.tidy(() => native.assign(variables.value, finish(native.read(variables.value))));
    },
  });
}

/** The parameter without enumerable fields: a scope that walks its result must not read `value`. */
function hiding(parameter: TfParameter): TfParameter {
  return Object.create(parameter) as TfParameter;
}
