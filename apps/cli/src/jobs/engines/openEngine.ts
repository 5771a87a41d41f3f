import type { Engine } from "@monosema/runs";
import { didYouMean } from "../../didYouMean.js";
import { UsageError } from "../../usageError.js";
import { bullmq } from "./bullmq.js";
import type { EngineKind, EnginePlace } from "./engineKind.js";
import { slurm } from "./slurm.js";

const local: EngineKind = {
  form: "local",
  names: /^local$/,
  isShared: false,
  hasWorkers: true,
  open: async () => (await import("@monosema/runs")).localEngine(),
};

/** All kinds of engines. */
const kinds: readonly EngineKind[] = [local, bullmq, slurm];

/** How those that processes share are written. */
export const sharedForms: string = kinds.flatMap(({ form, isShared }) => (isShared ? [form] : [])).join("|");

/**
 * The kind of engine that a text names; undefined for `none`.
 *
 * @throws UsageError where there is no such kind
 */
export function engineKind(text: string): EngineKind | undefined {
  const kind = kinds.find(({ names }) => names.test(text));
  if (kind !== undefined || text === "none") return kind;
  const forms = [...kinds.map(({ form }) => form), "none"];
  const meant = didYouMean(
    text.replace(/:.*/s, ""),
    forms.map((form) => form.replace(/\W.*/s, "")),
  );
  throw new UsageError(`--engine must be one of ${forms.join(", ")}, got ${text}${meant}`);
}

/**
 * The kind of an engine that processes share.
 *
 * @throws UsageError where it is none
 */
export function sharedEngineKind(text: string | undefined): EngineKind {
  const kind = text === undefined ? undefined : engineKind(text);
  if (kind?.isShared) return kind;
  throw new UsageError(`--engine must be that of the sweep, ${sharedForms}, got ${text ?? "none"}`);
}

/**
 * Opens an engine.
 *
 * @throws UsageError where it cannot be used
 */
export async function openEngine(kind: EngineKind, text: string, place: EnginePlace): Promise<Engine> {
  try {
    return await kind.open(text, place);
  } catch (error) {
    const { EngineError } = await import("@monosema/runs"); // most commands that know the kinds open none
    if (error instanceof EngineError) throw new UsageError(`--engine: ${error.message}`, { cause: error });
    throw error;
  }
}
