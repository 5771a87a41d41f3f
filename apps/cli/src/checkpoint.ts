import type { Model } from "@monosema/sdl";
import { loadCheckpoint } from "@monosema/sdl/node";
import type { Option } from "./options.js";
import type { Session } from "./session.js";
import { UsageError } from "./usageError.js";

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
  const path = session.given.positionals[0] as string;
  const { model, warnings } = await loadCheckpoint(path, orientationOf(session)).catch(
    (error: NodeJS.ErrnoException) => {
      throw error.code === "ENOENT" || error.code === "ENOTDIR"
        ? new UsageError(
            `CHECKPOINT must name a checkpoint folder or file, got ${path} (${error.code}); check the path`,
            { cause: error },
          )
        : error;
    },
  );
  warnings.forEach(session.warn);
  return model;
}
