import { join } from "node:path";
import { dictionaryFormats } from "@monosema/formats";
import type { CheckpointFormat } from "@monosema/sdl";
import { checkpointOptions, openCheckpoint } from "../checkpoint.js";
import type { Command } from "../command.js";
import { UsageError } from "../usageError.js";

/** The layouts that can be written, by what `--to` calls them. */
const writable: ReadonlyMap<string, CheckpointFormat> = new Map(
  dictionaryFormats.flatMap((format) => (format.write ? [[format.name.toLowerCase(), format]] : [])),
);
const names = [...writable.keys()];

/** `monosema convert`. */
export const convert: Command = {
  usage: "convert CHECKPOINT FOLDER --to LAYOUT",
  summary: "Writes a dictionary of any layout in that of another program; says what is lost.",
  options: {
    to: { value: "LAYOUT", help: `${names.join(", ")}; the first is also ours` },
    allow: { help: "write although something is lost" },
    ...checkpointOptions,
  },
  positionals: ["CHECKPOINT", "FOLDER"],
  writes: ["sae_weights.safetensors", "cfg.json", "sae.safetensors", "ae.pt", "config.json"],
  async run(session) {
    const { given } = session;
    const to = given.choice("to", names);
    if (to === undefined) throw new UsageError(`--to must be given: one of ${names.join(", ")}; name the layout`);
    const out = session.output(undefined, given.positionals[1] as string);
    const model = await openCheckpoint(session);
    const written = writable.get(to)?.write?.(model);
    const losses = written?.warnings ?? [];
    if (losses.length > 0 && !given.has("allow")) {
      throw new UsageError(`--to ${to} loses something: ${losses.join(" ")} Give --allow to write it nevertheless`);
    }
    losses.forEach(session.warn);
    for (const [name, parts] of written?.files ?? []) await session.write(join(out, name), asynchronous(parts));
    const none = { name: "none", detail: "no backend needed", threads: 0 };
    const files = [...(written?.files.keys() ?? [])].map((name) => join(out, name));
    session.finish(session.document(none, out, { to, files, losses }), files.join("\n"));
  },
};

async function* asynchronous(parts: Iterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield* parts;
}
