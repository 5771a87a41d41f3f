/** A namespace of tfjs with its types. Not for public signatures: the declarations of tfjs fail in strict consumers. */
export type Tf = typeof import("@tensorflow/tfjs-core");
