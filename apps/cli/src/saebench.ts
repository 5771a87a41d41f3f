import { basename, dirname, join, resolve } from "node:path";
import { type CoreSums, coreDocument, coreSums, latentGeometry, mergeCoreSums } from "@monosema/experiments";
import type { Batch, Model, ModelOutput, Rows } from "@monosema/sdl";
import type { Backend } from "@monosema/tensor";
import type { Option } from "./options.js";
import { rowDocuments } from "./rowDocuments.js";
import type { Session } from "./session.js";
import { version } from "./version.js";
import { watchedBatches } from "./watchedBatches.js";

/** The option of `evaluate`. */
export const saebenchOption: Readonly<Record<"saebench", Option>> = {
  saebench: {
    value: "FILE.json",
    ending: ".json",
    help: "also write the core evaluation that SAEBench reads, with all of its keys; those that need a language model are -1 (default saebench.json in the output folder)",
    path: "output",
  },
};

/** Name of the file in the output folder. */
export const saebenchName = "saebench.json";

/** Where the evaluation goes; undefined where none is asked for. */
export function saebenchFile({ given, warn, output }: Session): string | undefined {
  const text = given.text("saebench");
  if (text === "") return join(output(), saebenchName);
  if (given.text("out") !== undefined) warn("--out is not used: evaluate writes files with --saebench only");
  return text === undefined ? undefined : resolve(text);
}

/** A core evaluation in progress. */
export interface CoreEvaluation {
  /** Takes a batch, in the order of the data. */
  readonly add: (batch: Batch, output: ModelOutput) => void;
  /** The text of the file. */
  readonly finish: (backend: Backend, model: Model) => Promise<string>;
}

/** The samples of an evaluation. */
export interface EvaluatedSamples {
  /** All samples [N, P]. */
  readonly data: Rows;
  /** What is reconstructed [N, R], without the rows that were left out. */
  readonly target: Rows;
  /** Rows that were left out, ascending. */
  readonly extreme: Int32Array;
}

/** Opens the core evaluation of a dictionary of nQ latents on the samples that the texts of `--data` name: reads their mean and their documents. */
export async function openSaebench(
  session: Session,
  texts: readonly string[],
  { data, target, extreme }: EvaluatedSamples,
  nQ: number,
): Promise<CoreEvaluation> {
  const { documents, why } = await rowDocuments(texts, data.rows, extreme);
  const mean = await meanOf(session, target);
  let sums: CoreSums | undefined;
  let batches = 0;
  return {
    add({ size, input, target: targets = input }, { codes, reconstruction }) {
      const first = sums?.samples ?? 0;
      const own = documents ? { documents: documents.subarray(first, first + size) } : {};
      const next = coreSums(nQ, mean, { target: targets, reconstruction, codes, ...own });
      sums = sums ? mergeCoreSums(sums, next) : next;
      batches += 1;
    },
    async finish(backend, model) {
      const checkpoint = resolve(session.given.positionals[0] as string);
      const facts = {
        id: crypto.randomUUID(),
        time: Date.now(),
        producer: `monosema ${version}`,
        dictionary: join(basename(dirname(checkpoint)), basename(checkpoint)),
        dataset: texts.map((text) => basename(text)).join(", "),
        batches,
        ...(why === undefined ? {} : { withoutPrompts: why }),
      };
      return `${JSON.stringify(coreDocument(model, sums as CoreSums, await latentGeometry(backend, model), facts), null, 2)}\n`;
    },
  };
}

/** Mean of each column. */
async function meanOf(session: Session, rows: Rows): Promise<Float64Array> {
  const sum = new Float64Array(rows.columns);
  for await (const { input } of watchedBatches(session, "taking the mean", rows, 4096)) {
    for (let i = 0; i < input.length; i++) {
      const d = i % rows.columns;
      sum[d] = (sum[d] as number) + (input[i] as number);
    }
  }
  return sum.map((value) => value / rows.rows);
}
