/** What is used of onnxruntime-node and onnxruntime-web, which share an interface (onnxruntime-common). */
export interface OrtNamespace {
  /** A tensor of the library. */
  readonly Tensor: OrtTensorConstructor;
  /** Opens models. */
  readonly InferenceSession: OrtSessionFactory;
  /** Settings of the whole library. */
  readonly env: OrtEnvironment;
}

/** The library's constructor of tensors. */
export interface OrtTensorConstructor {
  /** A tensor of some numbers. */
  new (type: string, data: Float32Array | Int32Array | BigInt64Array, dims: readonly number[]): OrtTensor;
}

/** What opens models. */
export interface OrtSessionFactory {
  /** From bytes or, in Node, from a path. */
  create(model: Uint8Array | string, options: object): Promise<OrtSession>;
}

/** Settings of the library. */
export interface OrtEnvironment {
  /** Of the WebAssembly build. */
  readonly wasm?: OrtWasm;
  /** Versions of its parts. */
  readonly versions?: Readonly<Record<string, string | undefined>>;
}

/** Settings of the WebAssembly build. */
export interface OrtWasm {
  /** Threads of a run. */
  numThreads?: number;
}

/** A tensor of the library. */
export interface OrtTensor {
  /** Name of the element type. */
  readonly type: string;
  /** Sizes of the axes. */
  readonly dims: readonly number[];
  /** Its numbers. */
  readonly data: unknown;
}

/** A model that the library has opened. */
export interface OrtSession {
  /** Names of the inputs. */
  readonly inputNames: readonly string[];
  /** Names of the outputs. */
  readonly outputNames: readonly string[];
  /** Runs the model. */
  run(
    feeds: Readonly<Record<string, OrtTensor>>,
    fetches: readonly string[],
  ): Promise<Readonly<Record<string, OrtTensor>>>;
  /** Frees the model. */
  release(): Promise<void>;
}
