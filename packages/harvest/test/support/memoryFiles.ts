import { bytesSource } from "@monosema/tensor";
import type { Files, OnnxModel } from "../../src/index.js";

/** Files in memory, as a folder or with one of them named. */
export function memoryFiles(files: Readonly<Record<string, Uint8Array | string>>, main?: string): Files {
  const bytes = (name: string): Uint8Array => {
    const content = files[name];
    if (content === undefined) throw new Error(`no ${name}`);
    return typeof content === "string" ? new TextEncoder().encode(content) : content;
  };
  return {
    name: main ?? "folder",
    ...(main === undefined ? {} : { main }),
    names: Object.keys(files),
    open: async (name) => bytesSource(bytes(name), name),
  };
}

/** All weights of a model, one after the other. */
export async function weightBytes({ external }: OnnxModel): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for (const file of external) for await (const part of file.parts()) parts.push(part.slice());
  return Buffer.concat(parts);
}
