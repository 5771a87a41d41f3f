/** A model that a runtime can open. */
export interface OnnxModel {
  /** A serialised ModelProto, below the 2 GB of protobuf. */
  readonly proto: Uint8Array;
  /** Weights that lie outside it, by the location that it names. */
  readonly external: readonly ExternalWeights[];
}

/** A file of weights beside a model. */
export interface ExternalWeights {
  /** The name by which the model knows it. */
  readonly location: string;
  /** Bytes. */
  readonly size: number;
  /** The bytes in order, made when they are asked for. */
  parts(): AsyncIterable<Uint8Array>;
}
