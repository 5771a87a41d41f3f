import type { CheckpointFiles } from "@monosema/sdl";
import { bytesSource } from "@monosema/tensor";

/** Files in memory, as a page has them. */
export function memoryFiles(
  contents: Readonly<Record<string, Uint8Array | string | object>>,
  main?: string,
): CheckpointFiles {
  const bytes = new Map(
    Object.entries(contents).map(([name, content]) => [
      name,
      content instanceof Uint8Array ? content : encoded(content),
    ]),
  );
  return {
    folder: "dropped",
    ...(main === undefined ? {} : { main }),
    names: new Set(bytes.keys()),
    open: async (name) => bytesSource(bytes.get(name) as Uint8Array, `dropped/${name}`),
  };
}

const encoded = (content: string | object): Uint8Array =>
  new TextEncoder().encode(typeof content === "string" ? content : JSON.stringify(content));
