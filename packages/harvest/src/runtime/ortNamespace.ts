/** What is used of onnxruntime-node and onnxruntime-web, which share an interface (onnxruntime-common). */
export interface OrtNamespace {
  /** Tensors of the library. */
  readonly Tensor: {
    /** Makes one of numbers and the sizes of its axes. */
    new (type: string, data: Float32Array | Int32Array | BigInt64Array, dims: readonly number[]): OrtTensor;
  };
  /** Models that the library has opened. */
  readonly InferenceSession: {
    /** Opens one, from bytes or (Node) from a path. */
    create(model: Uint8Array | string, options: object): Promise<OrtSession>;
  };
  /** Settings of the whole library. */
  readonly env: {
    /** Settings of the WebAssembly build. */
    readonly wasm?: {
      /** Threads, read when it starts. */
      numThreads?: number;
    };
    /** Versions of its parts. */
    readonly versions?: Readonly<Record<string, string | undefined>>;
  };
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
    options: object,
  ): Promise<Readonly<Record<string, OrtTensor>>>;
  /** Frees the model. */
  release(): Promise<void>;
}
