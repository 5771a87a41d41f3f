import { describeCheckpoint } from "@monosema/sdl/node";
import { checkpointOptions, readingOptions } from "../checkpoint.js";
import type { Command } from "../command.js";

/** `monosema info`. */
export const info: Command = {
  usage: "info CHECKPOINT",
  summary: "Says what a checkpoint is: layout, dimensions, activation, origin, tensors.",
  options: checkpointOptions,
  positionals: ["CHECKPOINT"],
  writes: [],
  async run(session) {
    const found = await describeCheckpoint(session.given.positionals[0] as string, readingOptions(session));
    found.warnings.forEach(session.warn);
    const { variant, dimensions, activation, biases, tensors } = found;
    const { kind, ...numbers } = activation;
    const rows = [
      ["folder", found.folder],
      [
        "origin",
        Object.entries(found.origin)
          .map(([key, value]) => `${key} ${value}`)
          .join(", "),
      ],
      ["variant", `${variant}${found.skip ? " with skip" : ""}`],
      ["dimensions", `nP ${dimensions.nP}, nR ${dimensions.nR}, nQ ${dimensions.nQ}`],
      ["activation", [kind, ...Object.entries(numbers).map(([key, value]) => `${key} ${value}`)].join(", ")],
      [
        "biases",
        Object.entries(biases)
          .filter(([, on]) => on)
          .map(([name]) => name)
          .join(", ") || "none",
      ],
      ...(found.threshold === undefined ? [] : [["threshold", String(found.threshold)]]),
      ["scaling", found.inputScaling],
      ...tensors.map(({ name, dtype, shape }, i) => [
        i === 0 ? "tensors" : "",
        `${name}  ${dtype} [${shape.join(", ")}]`,
      ]),
      ...(found.ignored.length > 0 ? [["ignored", found.ignored.join(", ")]] : []),
    ] as const;
    const none = { name: "none", detail: "no backend needed", threads: 0 };
    session.finish(
      session.document(none, found.folder, { ...found }),
      rows.map(([key, value]) => `${(key ?? "").padEnd(12)}${value}`).join("\n"),
    );
  },
};
