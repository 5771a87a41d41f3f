import type { Files } from "../files.js";
import type { HarvestModel } from "./harvestModel.js";

/** A kind of model file: one file of this folder, one line of the list. */
export interface ModelFormat {
  /** Short name, such as `gguf`. */
  readonly name: string;
  /** Whether the files are of this kind, by names and first bytes. */
  detects(files: Files): Promise<boolean>;
  /** Opens them; FormatError where they are not what the kind must be. */
  open(files: Files): Promise<HarvestModel>;
}
