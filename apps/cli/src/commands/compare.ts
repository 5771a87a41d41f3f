import { join } from "node:path";
import { compareDictionaries, comparisonRecord } from "@monosema/audit";
import type { CompareDocument } from "@monosema/experiments/report";
import type { Model, Rows } from "@monosema/sdl";
import { checkpointOptions } from "../checkpoint.js";
import type { Command } from "../command.js";
import { compareText } from "../compare/compareText.js";
import { openDictionaries } from "../compare/openDictionaries.js";
import { watchedComparison } from "../compare/watchedComparison.js";
import { dataOf } from "../dataFile.js";
import { refuseWidth } from "../refuseWidth.js";
import { ruleOption, underRules, wholeFile } from "../rule.js";
import { openInputs, sampleOptions } from "../samples.js";
import type { Session } from "../session.js";
import { UsageError } from "../usageError.js";
import { watchedBatches } from "../watchedBatches.js";

/** `monosema compare`. */
export const compare: Command = {
  usage: "compare A B [C ...] [--data FILE] [--html]",
  summary: "Which latents of dictionary A come back in the others: cosines, code correlations, splits and merges.",
  options: {
    data: { ...sampleOptions.data, help: `${sampleOptions.data.help}; codes are compared on them` },
    tensor: sampleOptions.tensor,
    threshold: { value: "T", help: "cosine above which a latent comes back (default 0.9)" },
    html: { help: "also write a report with plots, report.html in the output folder" },
    ...ruleOption,
    ...checkpointOptions,
  },
  positionals: ["CHECKPOINT", "CHECKPOINT..."],
  writes: ["compare.json", "report.html"],
  async run(session) {
    const { given, seed } = session;
    const threshold = given.positive("threshold") ?? 0.9;
    if (threshold >= 1) throw new UsageError(`--threshold must be a cosine below 1, got ${threshold}; lower it`);
    const out = session.output();
    const models = await openDictionaries(session, given.positionals);
    const rows = given.texts("data").length === 0 ? undefined : await samplesFor(session, models);

    const backend = await session.backend();
    const ruled = await underRules(session, backend, models, rows && wholeFile(session, rows, batchSize));
    const dictionaries = ruled.map(({ model }) => model);
    const data = rows && watchedBatches(session, "comparing codes", rows, batchSize);
    const watch = watchedComparison(session);
    const found = await compareDictionaries(backend, dictionaries, {
      ...(data ? { data } : {}),
      ...{ threshold, seed, onProgress: watch.update },
    });
    watch.end();
    await backend.close();
    const document: CompareDocument = {
      ...session.document(backend, out, {
        ...comparisonRecord(found, models, given.positionals),
        ...(ruled.some(({ facts }) => facts.rule) ? { rules: ruled.map(({ facts }) => facts.rule ?? null) } : {}),
      }),
      command: "compare",
    };
    const lines = [compareText(document)];
    if (given.has("html")) {
      const { compareReport } = await import("@monosema/experiments/report"); // loads the plotting library
      const report = join(out, "report.html");
      await session.write(report, compareReport(document));
      lines.push("", `report: ${report}`);
    }
    const file = join(out, "compare.json");
    await session.write(file, `${JSON.stringify(document, null, 2)}\n`);
    const rules = ruled.flatMap(({ facts: { rule } }, i) => (rule ? [`rule of ${given.positionals[i]}: ${rule}`] : []));
    session.finish(document, [...lines, ...rules, `every latent: ${file}`].join("\n"));
  },
};

/** The file `--data`, which has to fit all dictionaries. */
async function samplesFor(session: Session, models: readonly Model[]): Promise<Rows> {
  const rows = await openInputs(dataOf(session.given, "compare"), models[0] as Model);
  for (const { spec } of models) refuseWidth("data", rows.columns, spec.nP);
  return rows;
}

/** Samples per batch: few, so that sparse codes of any density stay small. */
const batchSize = 512;
