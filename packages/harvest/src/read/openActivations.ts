import { FormatError } from "@monosema/tensor";
import type { Files } from "../files.js";
import type { ActivationFormat, Activations } from "./activationFormat.js";
import { arrow } from "./arrow.js";
import { harvestFolder } from "./harvestFolder.js";
import { matrixFile } from "./matrixFile.js";
import { memmapShards } from "./memmapShards.js";
import { parquet } from "./parquet.js";
import { pooledFiles } from "./pooledFiles.js";
import { ptShards } from "./ptShards.js";
import { saev } from "./saev.js";

/** All layouts; the last one takes any file and says what it is not. */
const formats: readonly ActivationFormat[] = [harvestFolder, saev, memmapShards, ptShards, arrow, parquet, matrixFile];

/**
 * Opens the activations in a file or folder, whatever their layout: npy, npz, safetensors, PyTorch, Arrow (Hugging Face datasets and
 * SAELens' caches), parquet, caches of dictionary_learning and activault, shards of saev, folders of a harvest.
 *
 * @throws FormatError `unknown-format`, or of the layout
 */
export async function openActivations(files: Files): Promise<Activations> {
  const pool = pooledFiles(files);
  try {
    for (const format of formats) {
      if (!(await format.detects(pool.files))) continue;
      return { ...(await format.open(pool.files)), format: format.name, close: pool.close };
    }
    throw new FormatError(
      "unknown-format",
      `the folder must hold activations in one of the layouts ${names()}, got none; name a file, a folder in it, or several files by a pattern`,
      {
        file: files.name,
      },
    );
  } catch (error) {
    await pool.close();
    throw error;
  }
}

const names = (): string => formats.map(({ name }) => name).join(", ");
