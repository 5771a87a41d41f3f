/** What an ONNX file holds, without its weights. */
export interface OnnxDescription {
  /** The nodes of the graph in order; not those inside bodies of If, Loop and Scan. */
  readonly nodes: readonly OnnxNode[];
  /** Tensors inside the bodies of If, Loop and Scan, which cannot be exposed. */
  readonly inner: readonly string[];
  /** Inputs of the graph that a caller must give: without the initializers that older files list too. */
  readonly inputs: readonly OnnxValue[];
  /** Outputs of the graph. */
  readonly outputs: readonly OnnxValue[];
  /** What the file tells about tensors within. */
  readonly values: readonly OnnxValue[];
  /** The weights. */
  readonly initializers: readonly OnnxInitializer[];
  /** Sets of operators by domain; the empty one is ONNX's own. */
  readonly opsets: readonly OnnxOpset[];
  /** Metadata of the model by key. */
  readonly metadata: ReadonlyMap<string, string>;
  /** Files beside it that hold weights. */
  readonly external: readonly string[];
}

/** A set of operators. */
export interface OnnxOpset {
  /** Empty for ONNX's own. */
  readonly domain: string;
  /** Its version. */
  readonly version: number;
}

/** One node of a graph. */
export interface OnnxNode {
  /** Its name; may be empty. */
  readonly name: string;
  /** Operator, such as `MatMul`. */
  readonly op: string;
  /** Tensors it reads; empty where an optional one is left out. */
  readonly inputs: readonly string[];
  /** Tensors it makes. */
  readonly outputs: readonly string[];
}

/** A tensor as a graph declares it. */
export interface OnnxValue {
  /** Its name. */
  readonly name: string;
  /** Element type by ONNX's number (1 float32, 6 int32, 7 int64, 10 float16); absent for what is no tensor. */
  readonly type?: number;
  /** Sizes of the axes, names where they vary, `?` where nothing is said; absent where the file does not tell. */
  readonly shape?: readonly (number | string)[];
}

/** A weight. */
export interface OnnxInitializer {
  /** Its name. */
  readonly name: string;
  /** Sizes of the axes. */
  readonly dims: readonly number[];
  /** The file that holds its numbers, where that is another. */
  readonly location?: string;
}
