import { join } from "node:path";
import {
  type AuditLimits,
  type AuditNames,
  auditModel,
  auditRecord,
  certificateFile,
  compareDictionaries,
  defaultLimits,
  latentRecords,
  type Replication,
  replicationOf,
} from "@monosema/audit";
import type { AuditDocument } from "@monosema/experiments/report";
import { latentNames, type Model, type Rows, type StoredCodes, withoutRows } from "@monosema/sdl";
import type { Backend } from "@monosema/tensor";
import { atCommandLine } from "../advice.js";
import { auditText } from "../audit/auditText.js";
import { besideSurrogate } from "../audit/surrogate.js";
import { surrogateText } from "../audit/surrogateText.js";
import { checkpointOptions } from "../checkpoint.js";
import type { Command } from "../command.js";
import { openDictionaries } from "../compare/openDictionaries.js";
import { watchedComparison } from "../compare/watchedComparison.js";
import { dataTexts } from "../dataFile.js";
import { extremeNorms, maxNormFrom, maxNormOption } from "../extremeNorms.js";
import { refuseWidth } from "../refuseWidth.js";
import { type RuledModel, ruleOption, underRules, wholeFile } from "../rule.js";
import { openSamples, type Samples, sampleOptions } from "../samples.js";
import type { Session } from "../session.js";
import { shardingOf, shardOptions } from "../shards/shardOptions.js";
import { shellQuoted } from "../shellQuoted.js";
import { codesInOption, codesOfRows, openStoredCodes } from "../storedCodes.js";
import { openTruth, truthOptions } from "../truth.js";
import { UsageError } from "../usageError.js";
import { watchedBatches } from "../watchedBatches.js";

/** `monosema audit`. */
export const audit: Command = {
  usage: "audit CHECKPOINT [--data FILE] [--replica CHECKPOINT] [--surrogate] [--features FILE.npy] [--html]",
  summary: "Is this dictionary good, which latents are real, what comes next? With proofs, and what cannot be known.",
  options: {
    ...sampleOptions,
    ...maxNormOption,
    ...truthOptions,
    features: {
      ...truthOptions.features,
      help: `${truthOptions.features.help}; recovery is counted signed and one to one (matched...), and by the best |cos| of any latent (decoder...), as evaluate does`,
    },
    replica: {
      value: "CHECKPOINT",
      help: "another dictionary of the same data, such as one of another seed: scores then know which latents come back in it; may be repeated",
      multiple: true,
      path: "input",
    },
    surrogate: {
      help: "also train a twin, as the checkpoint says it was trained, on a normal distribution with the mean and covariance of the data, and show its scores beside these: what scores say where there is nothing to find",
    },
    anchored: { value: "N", help: "the first N latents were held by anchoring (default 0)" },
    limit: {
      value: "KEY=N",
      help: "raises a limit that the audit names, such as conic=5000; may be repeated",
      multiple: true,
    },
    ...codesInOption,
    ...shardOptions,
    html: { help: "also write a report with plots, report.html in the output folder" },
    ...ruleOption,
    ...checkpointOptions,
  },
  positionals: ["CHECKPOINT"],
  writes: ["audit.json", "latents.json", "certificates.safetensors", "report.html"],
  async run(session) {
    const { given } = session;
    const out = session.output();
    const [checkpoint = "", ...replicas] = [...given.positionals, ...given.texts("replica")];
    const models = await openDictionaries(session, [checkpoint, ...replicas]);
    const opened = models[0] as Model;
    const { nQ } = opened.spec;
    const texts = dataTexts(given, "data");
    const sharding = shardingOf(given, { "codes-in": "the codes are given" });
    const anchored = given.whole("anchored", 0) ?? 0;
    if (anchored > nQ) {
      throw new UsageError(`--anchored must be at most the dictionary's ${nQ} latents, got ${anchored}; count them`);
    }
    if (texts.length === 0 && given.texts("target").length > 0) {
      throw new UsageError("--target must be given with --data, whose targets it holds; give both");
    }
    if (texts.length === 0 && replicas.length > 0) {
      throw new UsageError("--replica must be given with --data, on which codes are compared; give both");
    }
    if (texts.length === 0 && given.has("surrogate")) {
      throw new UsageError("--surrogate must be given with --data, whose mean and covariance the twin sees; give both");
    }
    const samples = texts.length === 0 ? undefined : await samplesFrom(session, texts, opened);
    for (const name of ["codes-in", "shard-rows"]) {
      if (samples !== undefined || given.text(name) === undefined) continue;
      throw new UsageError(`--${name} must be given with --data, whose rows it is about; give both`);
    }
    if (samples) for (const { spec } of models) refuseWidth("data", samples.data.columns, spec.nP);
    const limits = limitsOf(given.texts("limit"));
    const truth = await openTruth(given, opened.spec);

    const backend = await session.backend();
    const ruled = await underRules(session, backend, models, samples && wholeFile(session, samples.data, batchSize));
    const { model, facts } = ruled[0] as RuledModel;
    let stored = samples?.codes;
    if (samples && sharding) {
      const { codesByShards } = await import("../shards/codesByShards.js");
      stored = await codesByShards(session, backend, sharding, model, samples.data.rows + samples.dropped.length);
    }
    const codes = samples && (await codesOfRows(backend, model, stored, samples.data, samples.dropped));
    const replication =
      samples && replicas.length > 0
        ? await replicationIn(
            session,
            backend,
            ruled.map((one) => one.model),
            samples.data,
          )
        : undefined;
    const found = await auditModel(backend, model, {
      ...(samples
        ? { data: watchedBatches(session, "reading samples", samples.data, batchSize, samples.target, codes) }
        : {}),
      ...truth,
      anchors: Array.from({ length: anchored }, (_, latent) => latent),
      limits,
      seed: session.seed,
      ...(replication ? { replication } : {}),
    });
    await codes?.close();
    const surrogate =
      samples && found.trust && given.has("surrogate")
        ? await besideSurrogate(session, backend, model, samples, found.trust)
        : null;
    await backend.close();
    found.verdict.warnings.forEach(session.warn);
    const { record, certificates } = auditRecord(found, namesOf(session));
    const latents = latentRecords(found, latentNames(model));
    const { verdict, undecided } = record;
    const file = certificates.length > 0 ? join(out, "certificates.safetensors") : null;
    if (file !== null) await session.write(file, certificateFile(certificates));
    const latentsFile = latents === null ? null : join(out, "latents.json");
    if (latentsFile !== null)
      await session.write(latentsFile, `[\n${latents?.map((one) => JSON.stringify(one)).join(",\n")}\n]\n`);
    const document: AuditDocument = {
      ...session.document(backend, out, {
        ...record,
        verdict: { ...verdict, reason: atCommandLine(verdict.reason) },
        undecided: undecided.map(atCommandLine),
        certificates: file,
        latentsFile,
        surrogate,
        ...facts,
      }),
      command: "audit",
    };
    const rule = facts.rule === undefined ? [] : ["", `rule: ${facts.rule}`];
    const lines = [auditText(document, latents), ...rule, ...(surrogate ? ["", surrogateText(surrogate)] : [])];
    if (given.has("html")) {
      const { auditReport } = await import("@monosema/experiments/report"); // loads the plotting library
      const report = join(out, "report.html");
      await session.write(report, auditReport(document, latents));
      lines.push("", `report: ${report}`);
    }
    await session.write(join(out, "audit.json"), `${JSON.stringify(document, null, 2)}\n`);
    session.finish(document, lines.join("\n"));
  },
};

/** Samples of an audit. */
interface AuditSamples extends Samples {
  /** Rows that were left out, ascending. */
  readonly dropped: Int32Array;
  /** Codes of all rows, where they were encoded before. */
  readonly codes: StoredCodes | undefined;
}

/** The samples, without rows of extreme norm where those are to be left out. */
async function samplesFrom(session: Session, texts: readonly string[], model: Model): Promise<AuditSamples> {
  const { data, target } = await openSamples(session.given, texts, model);
  const codes = await openStoredCodes(session.given, model, data.rows);
  const dropped = await extremeNorms(session, { data, target }, maxNormFrom(session.given));
  return { data: withoutRows(data, dropped), target: target && withoutRows(target, dropped), dropped, codes };
}

/** What the other dictionaries say of each latent: the samples are read once more for it. */
async function replicationIn(
  session: Session,
  backend: Backend,
  models: readonly Model[],
  samples: Rows,
): Promise<Replication> {
  const watch = watchedComparison(session);
  const data = watchedBatches(session, "comparing codes", samples, batchSize);
  const found = await compareDictionaries(backend, models, { data, seed: session.seed, onProgress: watch.update });
  watch.end();
  return replicationOf(found);
}

/** How commands name what is audited: as it was given. */
function namesOf({ given }: Session): Partial<AuditNames> {
  const [data, target, tensor] = [given.texts("data"), given.texts("target"), given.text("tensor")];
  const maxNorm = maxNormFrom(given);
  const named = data.map((text) => shellQuoted(tensor === undefined ? text : `${text}:${tensor}`));
  return {
    checkpoint: shellQuoted(given.positionals[0] as string),
    ...(named.length === 0 ? {} : { data: named.join(" --data ") }),
    ...(target.length === 0 ? {} : { target: target.map(shellQuoted).join(" --target ") }),
    ...(maxNorm === undefined ? {} : { maxNorm }),
    replicas: given.texts("replica").map(shellQuoted),
  };
}

/** Samples per batch: few, so that sparse codes of any density stay small. */
const batchSize = 512;

function limitsOf(texts: readonly string[]): AuditLimits {
  const names = Object.keys(defaultLimits);
  return Object.fromEntries(
    texts.map((text) => {
      const [name = "", value, ...more] = text.split("=");
      const number = Number(value || Number.NaN);
      if (names.includes(name) && number >= 0 && more.length === 0) return [name, number];
      throw new UsageError(
        `--limit must be KEY=N with one of ${names.join(", ")} and a number of at least 0, got ${text}; see monosema audit --help`,
      );
    }),
  );
}
