import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../fixtures", import.meta.url));

/** The files of a folder of fixtures/, but for what is expected of it. */
export function fixtureFolder(name: string): Readonly<Record<string, Uint8Array>> {
  const names = readdirSync(join(root, name)).filter((file) => file !== "expected.json");
  return Object.fromEntries(names.map((file) => [file, new Uint8Array(readFileSync(join(root, name, file)))]));
}
