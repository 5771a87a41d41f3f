import type { OnnxModel } from "../onnx/onnxModel.js";

/** Numbers that go into a model or come out of it. */
export type RuntimeTensor =
  | TypedTensor<"float32", Float32Array>
  | TypedTensor<"int64", BigInt64Array>
  | TypedTensor<"int32", Int32Array>;

/** Numbers of one type. */
export interface TypedTensor<Type extends string, Data> {
  /** Element type. */
  readonly type: Type;
  /** Sizes of the axes. */
  readonly dims: readonly number[];
  /** The numbers, row-major. */
  readonly data: Data;
}

/** What runs ONNX models: one file per library. */
export interface Runtime {
  /** Name of the package. */
  readonly name: string;
  /** Version of the package. */
  readonly version: string;
  /** Prepares a model. */
  open(model: OnnxModel, options: RuntimeOptions): Promise<RuntimeSession>;
}

/** How a model runs. */
export interface RuntimeOptions {
  /** Threads of one run. Default 1. */
  readonly threads?: number;
}

/** A model that is ready to run. */
export interface RuntimeSession {
  /** Names of its inputs. */
  readonly inputs: readonly string[];
  /** Names of its outputs. */
  readonly outputs: readonly string[];
  /** The outputs named, from all inputs; the arrays are the caller's. */
  run(
    inputs: Readonly<Record<string, RuntimeTensor>>,
    outputs: readonly string[],
  ): Promise<Readonly<Record<string, RuntimeTensor>>>;
  /** Frees it. */
  close(): Promise<void>;
}
