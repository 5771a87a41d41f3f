import { type Batch, type Model, withBatchRule } from "@monosema/sdl";
import type { Backend } from "@monosema/tensor";
import { numberText } from "./metricsText.js";
import type { Option } from "./options.js";
import type { Session } from "./session.js";
import { UsageError } from "./usageError.js";

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
  const { activation } = model.spec;
  const rule = session.given.choice("rule", ["threshold", "batch"]);
  if (activation.kind !== "batchtopk") {
    if (rule !== "batch") return { model, facts: {} };
    throw new UsageError(
      `--rule batch must be given for a BatchTopK dictionary, got ${activation.kind}, which has one rule; leave it out`,
    );
  }
  const ruled = rule === "batch" ? await withBatchRule(backend, model, samples.batches(), samples.count) : model;
  const threshold = numberText(ruled.threshold as number);
  return {
    model: ruled,
    facts: {
      rule:
        rule === "batch"
          ? `batch: ${activation.k} per sample over the whole file, those above ${threshold}`
          : `threshold: those above ${threshold}, which training kept`,
    },
  };
}
