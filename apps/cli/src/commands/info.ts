import { type CheckpointDescription, describeCheckpoint } from "@monosema/sdl/node";
import { checkpointOptions, readingOptions } from "../checkpoint.js";
import type { Command } from "../command.js";
import { noBackend } from "../session.js";

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
      ["dimensions", widthsText(dimensions)],
      ...(found.layers ?? []).map((layer, i) => [i === 0 ? "layers" : "", widthsText(layer)]),
      ["activation", [kind, ...Object.entries(numbers).map(([key, value]) => `${key} ${value}`)].join(", ")],
      [
        "biases",
        Object.entries(biases)
          .filter(([, on]) => on)
          .map(([name]) => name)
          .join(", ") || "none",
      ],
      ...(found.threshold === undefined
        ? []
        : [
            ["threshold", String(found.threshold)],
            ["rule", "by the threshold; encode, evaluate, audit and compare select as training did with --rule batch"],
          ]),
      ["scaling", found.inputScaling],
      ...nameRows(found.names),
      ...originRows(found.metadata),
      ...tensors.map(({ name, dtype, shape }, i) => [
        i === 0 ? "tensors" : "",
        `${name}  ${dtype} [${shape.join(", ")}]`,
      ]),
      ...(found.ignored.length > 0 ? [["ignored", found.ignored.join(", ")]] : []),
    ] as const;
    session.finish(
      session.document(noBackend, found.folder, { ...found }),
      rows.map(([key, value]) => `${(key ?? "").padEnd(12)}${value}`).join("\n"),
    );
  },
};

const widthsText = ({ nP, nR, nQ }: CheckpointDescription["dimensions"]): string => `nP ${nP}, nR ${nR}, nQ ${nQ}`;

/** Named latents that are shown. */
const SHOWN = 10;

function nameRows(names: Readonly<Record<string, string>>): readonly (readonly [string, string])[] {
  const all = Object.entries(names);
  if (all.length === 0) return [];
  const shown = all.slice(0, SHOWN).map(([latent, name]) => `${latent} ${name}`);
  return [["names", `${all.length}: ${shown.join(", ")}${all.length > SHOWN ? ", ..." : ""}`]];
}

/** What a run of `train` wrote about itself. */
function originRows({
  seed,
  data,
  model_name,
  hook_name,
  lr,
  batch,
  steps,
  holdout,
  anchors,
}: Readonly<Record<string, unknown>>) {
  const known = (entries: Readonly<Record<string, unknown>>): string =>
    Object.entries(entries)
      .flatMap(([name, value]) => (["string", "number"].includes(typeof value) ? [`${name} ${value}`] : []))
      .join(", ");
  const files = Array.isArray(data) ? data.map((file) => known(Object(file))) : [];
  const rows = [
    ["model", known({ name: model_name, hook: hook_name })],
    ["training", known({ seed, lr, batch, steps, holdout: Object(holdout).fraction })],
    ...files.map((file) => ["data", file] as const),
    ["anchors", anchorText(anchors)],
  ] as const;
  return rows.filter(([, text]) => text !== "");
}

function anchorText(anchors: unknown): string {
  const { kind, count } = Object(anchors) as Readonly<Record<string, unknown>>;
  if (typeof count !== "number" || count === 0) return "";
  return `${count} (${String(kind)})`;
}
