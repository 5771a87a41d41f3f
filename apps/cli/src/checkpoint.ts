import type { Model } from "@monosema/sdl";
import { loadCheckpoint } from "@monosema/sdl/node";
import type { Option } from "./options.js";
import type { Session } from "./session.js";

/** The option of every command that reads a checkpoint. */
export const orientationOption: Readonly<Record<"orientation", Option>> = {
  orientation: {
    value: "O",
    help: "saelens or transposed, for foreign square matrices whose layout the file cannot show",
  },
};

/** Reading options of a command line. */
export function orientationOf({ given }: Session): { readonly orientation?: "saelens" | "transposed" } {
  const orientation = given.choice("orientation", ["saelens", "transposed"]);
  return orientation === undefined ? {} : { orientation };
}

/** Loads the checkpoint that is the command's first argument; its warnings are shown. */
export async function openCheckpoint(session: Session): Promise<Model> {
  const { model, warnings } = await loadCheckpoint(session.given.positionals[0] as string, orientationOf(session));
  warnings.forEach(session.warn);
  return model;
}
