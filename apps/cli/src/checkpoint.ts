import { dictionaryFormats } from "@monosema/formats";
import type { Model, ReadCheckpointOptions } from "@monosema/sdl";
import { type LocatedCheckpoint, loadCheckpoint } from "@monosema/sdl/node";
import type { Option } from "./options.js";
import type { Session } from "./session.js";

/** The options of every command that reads a checkpoint. */
export const checkpointOptions: Readonly<Record<"orientation" | "unexpected-tensors" | "k", Option>> = {
  orientation: {
    value: "O",
    help: "saelens or transposed, for foreign square matrices whose layout the file cannot show",
  },
  "unexpected-tensors": {
    value: "refuse|ignore",
    help: "what to do with tensors of the file that play no part (default refuse)",
  },
  k: { value: "K", help: "active latents per sample, for files of TopK dictionaries that do not hold it" },
};

/** Reading options of a command line. */
export function readingOptions({ given }: Session): ReadCheckpointOptions {
  const orientation = given.choice("orientation", ["saelens", "transposed"]);
  const unexpectedTensors = given.choice("unexpected-tensors", ["refuse", "ignore"]);
  const k = given.whole("k", 1);
  return {
    formats: dictionaryFormats,
    ...(orientation && { orientation }),
    ...(unexpectedTensors && { unexpectedTensors }),
    ...(k !== undefined && { k }),
  };
}

/** Loads a dictionary of any layout. */
export function loadDictionary(path: string): Promise<LocatedCheckpoint> {
  return loadCheckpoint(path, { formats: dictionaryFormats });
}

/** Loads a checkpoint, by default the command's first argument; its warnings are shown. */
export async function openCheckpoint(session: Session, path?: string): Promise<Model> {
  return (await openLocated(session, path)).model;
}

/** The same with what is known of it. */
export async function openLocated(
  session: Session,
  path: string = session.given.positionals[0] as string,
): Promise<LocatedCheckpoint> {
  const opened = await loadCheckpoint(path, readingOptions(session));
  opened.warnings.forEach(session.warn);
  return opened;
}
