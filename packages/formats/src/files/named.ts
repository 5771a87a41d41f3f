import type { CheckpointFiles } from "@monosema/sdl";

/** Whether a checkpoint of several files may be meant: the folder was named, or one of the files itself. */
export function isNamed({ main }: CheckpointFiles, own: readonly string[]): boolean {
  return main === undefined || own.includes(main);
}

/** The file that was named, or else the only one of a kind in the folder itself; undefined where that is none, or one of many. */
export function onlyFile({ main, names }: CheckpointFiles, kind: RegExp): string | undefined {
  if (main !== undefined) return kind.test(main) ? main : undefined;
  const found = [...names].filter((name) => kind.test(name) && !name.includes("/"));
  return found.length === 1 ? found[0] : undefined;
}
