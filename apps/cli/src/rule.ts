import { type Batch, type Model, type Rows, withBatchRule } from "@monosema/sdl";
import type { Backend } from "@monosema/tensor";
import { numberText } from "./metricsText.js";
import type { Option } from "./options.js";
import type { Session } from "./session.js";
import { UsageError } from "./usageError.js";
import { watchedBatches } from "./watchedBatches.js";

/** Which rule a dictionary with a batch rule runs by. */
export const ruleOption: Readonly<Record<"rule", Option>> = {
  rule: {
    value: "threshold|batch",
    help: "how BatchTopK selects: by the threshold that training kept (default), or as in training, with the whole file as one batch",
  },
};

/** The samples that a batch rule takes as one batch. */
export interface Samples {
  /** Their number. */
  readonly count: number;
  /** Reads them. */
  readonly batches: () => AsyncIterable<Batch>;
}

/** The samples of a file, read in batches of a size. */
export const wholeFile = (session: Session, rows: Rows, size: number): Samples => ({
  count: rows.rows,
  batches: () => watchedBatches(session, "finding the threshold", rows, size),
});

/** A dictionary with the rule that it runs by. */
export interface RuledModel {
  /** The dictionary. */
  readonly model: Model;
  /** The rule in words; empty for a dictionary that has but one. */
  readonly facts: { readonly rule?: string };
}

/** The dictionary under the rule that the command line asks for. */
export async function underRule(
  session: Session,
  backend: Backend,
  model: Model,
  samples: Samples,
): Promise<RuledModel> {
  const [ruled] = await underRules(session, backend, [model], samples);
  return ruled as RuledModel;
}

/**
 * The same of several dictionaries: those with a batch rule take it, each with its own threshold.
 *
 * @param samples - absent where the command has none
 * @throws UsageError for a batch rule without samples, or where no dictionary has one
 */
export async function underRules(
  session: Session,
  backend: Backend,
  models: readonly Model[],
  samples: Samples | undefined,
): Promise<readonly RuledModel[]> {
  const byBatch = session.given.choice("rule", ["threshold", "batch"]) === "batch";
  const kinds = new Set(models.map(({ spec }) => spec.activation.kind));
  if (byBatch && samples === undefined)
    throw new UsageError("--rule batch must be given with --data, the samples that it takes as one batch; give both");
  if (byBatch && !kinds.has("batchtopk")) {
    const which = [...kinds].join(" and ");
    throw new UsageError(
      `--rule batch must be given for a BatchTopK dictionary, got ${which}, which has one rule; leave it out`,
    );
  }
  const ruled: RuledModel[] = [];
  for (const model of models) {
    const { activation } = model.spec;
    if (activation.kind !== "batchtopk") ruled.push({ model, facts: {} });
    else if (byBatch && samples) {
      const found = await withBatchRule(backend, model, samples.batches(), samples.count);
      const threshold = numberText(found.threshold as number);
      const rule = `batch: ${activation.k} per sample over the whole file, those above ${threshold}`;
      ruled.push({ model: found, facts: { rule } });
    } else {
      const threshold = numberText(model.threshold as number);
      ruled.push({ model, facts: { rule: `threshold: those above ${threshold}, which training kept` } });
    }
  }
  return ruled;
}
