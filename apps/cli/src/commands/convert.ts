import { join } from "node:path";
import { dictionaryFormats } from "@monosema/formats";
import { type CheckpointFormat, withLatentNames } from "@monosema/sdl";
import { checkpointOptions, openLocated } from "../checkpoint.js";
import type { Command } from "../command.js";
import { namesFrom, namesOption } from "../names.js";
import { noBackend } from "../session.js";
import { UsageError } from "../usageError.js";

/** The layouts that can be written, by what `--to` calls them: ours is that of SAELens, with what it has no name for. */
const writable: ReadonlyMap<string, CheckpointFormat> = new Map(
  dictionaryFormats
    .filter(({ write }) => write !== undefined)
    .flatMap((format) => {
      const name = format.name.toLowerCase();
      return [[name, format] as const, ...(name === "saelens" ? [["monosema", format] as const] : [])];
    }),
);
const layouts = [...writable.keys()];

/** `monosema convert`. */
export const convert: Command = {
  usage: "convert CHECKPOINT FOLDER --to LAYOUT",
  summary: "Writes a dictionary of any layout in that of another program; says what is lost.",
  options: {
    to: { value: "LAYOUT", help: layouts.join(", ") },
    allow: { value: "LOSS,...", help: "write although these are lost, by the names that a refusal gives, or all" },
    ...namesOption,
    ...checkpointOptions,
  },
  positionals: ["CHECKPOINT", "FOLDER"],
  writes: ["sae_weights.safetensors", "cfg.json", "sae.safetensors", "ae.pt", "config.json", "W_enc_*", "W_dec_*"],
  async run(session) {
    const { given } = session;
    const to = given.choice("to", layouts);
    if (to === undefined) throw new UsageError(`--to must be given: one of ${layouts.join(", ")}; name the layout`);
    const out = session.output(undefined, given.positionals[1] as string);
    const { model: read, origin } = await openLocated(session);
    const names = await namesFrom(session, read.spec.nQ);
    const model = names === undefined ? read : withLatentNames(read, names);
    const written = writable.get(to)?.write?.(model);
    const losses = to === "monosema" ? [] : (written?.warnings ?? []);
    const allowed = (given.text("allow") ?? "").split(",");
    const refused = losses.filter((loss) => !allowed.includes("all") && !allowed.includes(nameOf(loss)));
    if (refused.length > 0) {
      const list = refused.map(nameOf).join();
      throw new UsageError(`--to ${to} loses something: ${refused.join("; ")}; --allow ${list} writes it nevertheless`);
    }
    losses.forEach(session.warn);
    for (const [name, parts] of written?.files ?? []) await session.write(join(out, name), asynchronous(parts));
    const files = [...(written?.files.keys() ?? [])].map((name) => join(out, name));
    session.finish(session.document(noBackend, out, { from: origin.layout, to, files, losses }), files.join("\n"));
  },
};

/** The name of a loss stands behind it. */
const nameOf = (loss: string): string => /\[([a-z-]+)\]$/.exec(loss)?.[1] ?? loss;

async function* asynchronous(parts: Iterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield* parts;
}
