import { fileURLToPath } from "node:url";
import { bytesSource, type MatrixSource, readNpy, toFloat32 } from "@monosema/tensor";
import { withFile } from "@monosema/tensor/node";
import { folderFiles } from "../../src/node.js";
import { type Activations, type Files, openActivations } from "../../src/read.js";

/** A file or folder of test/fixtures. */
export const fixture = (name: string): string => fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url));

/** The bytes of a fixture. */
export const bytesOf = async (name: string): Promise<Uint8Array> =>
  await withFile(fixture(name), async (source) => await source.read(0, source.size));

/** The numbers of an npy fixture. */
export const numbersOf = async (name: string): Promise<Float32Array> => toFloat32(readNpy(await bytesOf(name)).data);

/** Opens a fixture, hands it over and closes it. */
export async function withFixture<T>(name: string, use: (activations: Activations) => Promise<T>): Promise<T> {
  const opened = await openActivations(await folderFiles(fixture(name)));
  return await use(opened).finally(() => opened.close());
}

/** Files in memory, the first of them as the one that was named. */
export function filesInMemory(files: Readonly<Record<string, Uint8Array>>, main?: string): Files {
  return {
    name: main ?? "folder",
    ...(main === undefined ? {} : { main }),
    names: Object.keys(files),
    open: async (name) => bytesSource(files[name] as Uint8Array, name),
  };
}

/** All rows of a matrix. */
export const allRows = async (matrix: MatrixSource): Promise<Float32Array> =>
  (await matrix.readRows(0, matrix.rows)).slice();

/** The message of the error that a promise ends with. */
export async function messageOf(promise: Promise<unknown>): Promise<string> {
  return await promise.then(
    () => "no error",
    (error: unknown) => String(error),
  );
}
