import { randomUUID } from "node:crypto";
import { link, open, rm } from "node:fs/promises";

/** Writes a file that must not be there yet; false, and nothing changed, where it is. Holds on network file systems too: link(2). */
export async function createFile(path: string, text: string): Promise<boolean> {
  const part = `${path}.${randomUUID()}.tmp`;
  const file = await open(part, "wx");
  try {
    await file.writeFile(text);
    await file.sync();
    await file.close();
    await link(part, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  } finally {
    await file.close().catch(() => {});
    await rm(part, { force: true });
  }
}
