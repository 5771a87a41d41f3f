import type { TileChoice } from "../tierKinds.js";

/** Tiles of a backend. */
export interface Tiles {
  /** In float32: always right, fastest for small layers and dense selections. */
  readonly float: TileChoice;
  /** The fastest for large layers: where it is in whole numbers, candidates are computed exactly. */
  readonly screen: TileChoice;
  /** Weights of an encoder from which on `screen` is used. */
  readonly screenFrom: number;
}
