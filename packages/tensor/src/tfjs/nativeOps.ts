import type { Tensor } from "@tensorflow/tfjs-core";
import type { Tf } from "./tf.js";

/** Kernels of TensorFlow that tfjs-node has but does not expose. */
export interface NativeOps {
  /** A resource variable: a handle to numbers that kernels change in place. */
  variable(initial: Tensor): Tensor;
  /** The present numbers; they share the variable's memory, so free them before the next change or it copies. */
  read(variable: Tensor): Tensor;
  /** Replaces the numbers. */
  assign(variable: Tensor, numbers: Tensor): void;
  /** Frees the variable and its handle. */
  destroy(variable: Tensor): void;
  /** Adam in one pass over the memory: m and v towards g and g^2, then w -= rate m / (sqrt(v) + epsilon). */
  adam(variables: AdamVariables, gradient: Tensor, numbers: AdamNumbers): void;
  /** Largest value by segment `[count]`; the lowest float32 in empty segments. */
  segmentMax(values: Tensor, segments: Tensor, count: number): Tensor;
}

/** The variables of one parameter. */
export interface AdamVariables {
  /** w. */
  readonly value: Tensor;
  /** m. */
  readonly first: Tensor;
  /** v. */
  readonly second: Tensor;
}

/** Adam's numbers with the bias corrections folded in. */
export interface AdamNumbers {
  /** lr sqrt(1 - beta2^t) / (1 - beta1^t). */
  readonly rate: number;
  /** epsilon sqrt(1 - beta2^t), since epsilon is added to the corrected root. */
  readonly epsilon: number;
  /** Decay of the first moment. */
  readonly beta1: number;
  /** Decay of the second moment. */
  readonly beta2: number;
}

/** The part of tfjs-node's private backend that is used here. */
interface NodeBackend {
  readonly binding: Readonly<Record<string, number>> & {
    executeOp(op: string, attributes: readonly Attribute[], inputIds: number[], outputs: number): unknown;
  };
  executeSingleOutput(op: string, attributes: readonly Attribute[], inputs: readonly Tensor[]): Tensor;
  getInputTensorIds(inputs: readonly Tensor[]): number[];
}

interface Attribute {
  readonly name: string;
  readonly type: number | undefined;
  readonly value: unknown;
}

/** The kernels, or undefined where this tfjs-node has another private interface; then tfjs ops do the same work. */
export function nativeOps(tf: Tf): NativeOps | undefined {
  const node = tf.backend() as unknown as Partial<NodeBackend>;
  if (!isNodeBackend(node)) return undefined;
  const { binding } = node;

  const attribute = (name: string, type: string, value: unknown): Attribute => ({ name, type: binding[type], value });
  const type = (name: string, value: string) => attribute(name, "TF_ATTR_TYPE", binding[value]);
  const flag = (name: string, value: boolean) => attribute(name, "TF_ATTR_BOOL", value);
  const run = (op: string, attributes: readonly Attribute[], inputs: readonly Tensor[]) =>
    binding.executeOp(op, attributes, node.getInputTensorIds(inputs), 0);
  const assign = (variable: Tensor, numbers: Tensor) =>
    run("AssignVariableOp", [type("dtype", "TF_FLOAT")], [variable, numbers]);

  return {
    variable: (initial) => {
      const handle = node.executeSingleOutput(
        "VarHandleOp",
        [
          type("dtype", "TF_FLOAT"),
          attribute("shape", "TF_ATTR_SHAPE", initial.shape),
          attribute("container", "TF_ATTR_STRING", ""),
          attribute("shared_name", "TF_ATTR_STRING", `monosema/${crypto.randomUUID()}`),
        ],
        [],
      );
      assign(handle, initial);
      return handle;
    },
    read: (variable) => node.executeSingleOutput("ReadVariableOp", [type("dtype", "TF_FLOAT")], [variable]),
    assign,
    destroy: (variable) => {
      run("DestroyResourceOp", [flag("ignore_lookup_error", true)], [variable]);
      variable.dispose();
    },
    adam: ({ value, first, second }, gradient, { rate, epsilon, beta1, beta2 }) => {
      tf.tidy(() => {
        // With powers of 0 the kernel's own float32 bias corrections are 1: ours are in `rate` and `epsilon`.
        const numbers = [0, 0, rate, beta1, beta2, epsilon].map((x) => tf.scalar(x));
        const attributes = [type("T", "TF_FLOAT"), flag("use_locking", false), flag("use_nesterov", false)];
        run("ResourceApplyAdam", attributes, [value, first, second, ...numbers, gradient]);
      });
    },
    segmentMax: (values, segments, count) =>
      node.executeSingleOutput(
        "UnsortedSegmentMax",
        [type("T", "TF_FLOAT"), type("Tindices", "TF_INT32"), type("Tnumsegments", "TF_INT32")],
        [values, segments, tf.scalar(count, "int32")],
      ),
  };
}

function isNodeBackend(node: Partial<NodeBackend>): node is NodeBackend {
  const functions = [node.executeSingleOutput, node.getInputTensorIds, node.binding?.executeOp];
  return functions.every((f) => typeof f === "function");
}
