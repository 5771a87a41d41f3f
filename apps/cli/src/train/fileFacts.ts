import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { basename } from "node:path";
import type { TrainedFile } from "@monosema/experiments";
import { dataFile } from "../dataFile.js";
import { openMatrices } from "../matrices.js";

/**
 * What a run records of its data: of one file the hash of its content, of several the hash of their names and hashes, a line each. A
 * hash that a folder states of its files is taken.
 *
 * @param text - absolute, `FILE` or `FILE:matrix`, where FILE may be a folder or a pattern
 */
export async function fileFacts(option: string, text: string): Promise<TrainedFile> {
  const { matrix, files, model } = await openMatrices(option, [text]);
  await matrix.close();
  const hashes: string[] = [];
  for (const { path, sha256 } of files) hashes.push(sha256 ?? (await contentHash(path)));
  const lines = files.map(({ path }, i) => `${basename(path)} ${hashes[i]}\n`);
  const [only, ...more] = hashes;
  const sha256 =
    only !== undefined && more.length === 0 ? only : createHash("sha256").update(lines.join("")).digest("hex");
  return { ...dataFile(text), ...(model === undefined ? {} : { model }), sha256, rows: matrix.rows };
}

async function contentHash(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path, { highWaterMark: 2 ** 20 })) hash.update(chunk as Buffer);
  return hash.digest("hex");
}
