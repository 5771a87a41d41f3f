import type { Model, ReadOptions } from "@monosema/sdl";
import { loadCheckpoint } from "@monosema/sdl/node";
import type { Option } from "./options.js";
import type { Session } from "./session.js";

/** The options of every command that reads a checkpoint. */
export const checkpointOptions: Readonly<Record<"orientation" | "unexpected-tensors", Option>> = {
  orientation: {
    value: "O",
    help: "saelens or transposed, for foreign square matrices whose layout the file cannot show",
  },
  "unexpected-tensors": {
    value: "refuse|ignore",
    help: "what to do with tensors of the file that play no part (default refuse)",
  },
};

/** Reading options of a command line. */
export function readingOptions({ given }: Session): ReadOptions {
  const orientation = given.choice("orientation", ["saelens", "transposed"]);
  const unexpectedTensors = given.choice("unexpected-tensors", ["refuse", "ignore"]);
  return { ...(orientation && { orientation }), ...(unexpectedTensors && { unexpectedTensors }) };
}

/** Loads a checkpoint, by default the command's first argument; its warnings are shown. */
export async function openCheckpoint(
  session: Session,
  path: string = session.given.positionals[0] as string,
): Promise<Model> {
  const { model, warnings } = await loadCheckpoint(path, readingOptions(session));
  warnings.forEach(session.warn);
  return model;
}
