import { FormatError, type MatrixSource, openMatrix, openTensors } from "@monosema/tensor";
import type { Files } from "../files.js";
import type { ActivationFormat } from "./activationFormat.js";
import { joinedRows } from "./joinedRows.js";
import { isManifest, type Manifest, manifestName, readManifest, type Shard } from "./manifest.js";
import { joinedOrigin, originTensors } from "./originTensors.js";
import { pickMatrix } from "./pickMatrix.js";
import { openNamed } from "./setFiles.js";

/** The folder of a harvest: manifest.json and its shards; of an unfinished one those that are finished. */
export const harvestFolder: ActivationFormat = {
  name: "harvest",
  detects: async (files) =>
    (files.main ?? manifestName) === manifestName && files.names.includes(manifestName) && (await isManifest(files)),
  async open(files) {
    const manifest = await readManifest(files);
    const parts: Awaited<ReturnType<typeof openShard>>[] = [];
    for (const shard of manifest.shards) parts.push(await openShard(files, manifest, shard));
    const names = manifest.hooks.map(({ name }) => name);
    const origin = joinedOrigin(parts);
    return {
      matrices: names,
      matrix: async (asked) => {
        const tensor = pickMatrix(names, asked, files.name);
        const matrices: MatrixSource[] = [];
        for (const { source } of parts) matrices.push(await openMatrix(source, { tensor }));
        return joinedRows(files.name, matrices);
      },
      ...(manifest.model === undefined ? {} : { model: manifest.model }),
      ...(manifest.layers === undefined ? {} : { layers: manifest.layers }),
      ...(manifest.preparation === undefined ? {} : { preparation: manifest.preparation }),
      files: manifest.shards.map(({ file, sha256 }) => ({ name: file, sha256 })),
      ...(origin ? { origin } : {}),
    };
  },
};

/** A shard whose tensors are those that the manifest states. */
async function openShard(files: Files, { hooks }: Manifest, { file, rows }: Shard) {
  const source = await openNamed(files, file, manifestName);
  const shard = await openTensors(source);
  for (const { name, width } of hooks) {
    const { shape } = await shard.open(name);
    if (shape.length === 2 && shape[0] === rows && shape[1] === width) continue;
    const message = `the shard must hold ${name} [${rows}, ${width}], as ${manifestName} states, got [${shape.join(", ")}]; harvest again`;
    throw new FormatError("bad-shape", message, { file: source.name, tensor: name });
  }
  return { source, rows, origin: await originTensors(shard) };
}
