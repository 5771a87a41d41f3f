import type { FileSystem } from "@monosema/tensor/node";
import type { Host } from "./host.js";

/** The host's file system, that says before it writes and knows what is half-written: temporary files and folders, `*.tmp`. */
export function trackedFileSystem({ fs, leftovers }: Host, beforeWriting: () => void): FileSystem {
  const begins = (path: string): void => {
    beforeWriting();
    if (path.endsWith(".tmp")) leftovers.add(path);
  };
  return {
    ...fs,
    create(path) {
      begins(path);
      return fs.create(path);
    },
    makeFolder(path) {
      begins(path);
      return fs.makeFolder(path);
    },
    async rename(from, to) {
      await fs.rename(from, to);
      leftovers.drop(from);
    },
    async remove(path) {
      await fs.remove(path);
      leftovers.drop(path);
    },
  };
}
