import type { ByteSource } from "@monosema/tensor";
import type { Files } from "../files.js";

/** Files that are open at a time: sets of thousands would exceed what systems allow. */
const most = 64;

/** Files of which few are open. */
export interface FilePool {
  /** The files; to close one of them does nothing. */
  readonly files: Files;
  /** Closes all. */
  close(): Promise<void>;
}

/** The same files, whose sources are open while they are read from: the 64 that were read last stay open. */
export function pooledFiles(files: Files): FilePool {
  const opened = new Map<string, Promise<ByteSource>>();
  const use = async (name: string): Promise<ByteSource> => {
    const source = opened.get(name) ?? files.open(name);
    opened.delete(name);
    opened.set(name, source); // last in the order of the map: read last
    source.catch(() => opened.delete(name));
    for (const [oldest, least] of opened) {
      if (opened.size <= most) break;
      opened.delete(oldest);
      await (await least).close();
    }
    return await source;
  };
  return {
    files: {
      ...files,
      open: async (name) => {
        const { name: shown, size } = await use(name);
        return {
          name: shown,
          size,
          read: async (offset, length) => await (await use(name)).read(offset, length),
          close: async () => {},
        };
      },
    },
    close: async () => {
      const all = [...opened.values()];
      opened.clear();
      for (const source of await Promise.allSettled(all)) if (source.status === "fulfilled") await source.value.close();
    },
  };
}
