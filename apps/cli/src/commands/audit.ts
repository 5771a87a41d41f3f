import { join } from "node:path";
import { type AuditLimits, auditModel, auditRecord, certificateFile, defaultLimits } from "@monosema/audit";
import type { AuditDocument } from "@monosema/experiments/report";
import { atCommandLine } from "../advice.js";
import { auditText } from "../audit/auditText.js";
import { checkpointOptions, openCheckpoint } from "../checkpoint.js";
import type { Command } from "../command.js";
import { dataText } from "../dataFile.js";
import { openSamples, sampleOptions } from "../samples.js";
import { openTruth, truthOptions } from "../truth.js";
import { UsageError } from "../usageError.js";
import { watchedBatches } from "../watchedBatches.js";

/** `monosema audit`. */
export const audit: Command = {
  usage: "audit CHECKPOINT [--data FILE] [--features FILE.npy] [--html]",
  summary: "What can be said about a dictionary, with certificates, and what cannot.",
  options: {
    ...sampleOptions,
    ...truthOptions,
    features: {
      ...truthOptions.features,
      help: `${truthOptions.features.help}; recovery is counted signed and one to one (matched...), and by the best |cos| of any latent (decoder...), as evaluate does`,
    },
    anchored: { value: "N", help: "the first N latents were held by anchoring (default 0)" },
    limit: {
      value: "KEY=N",
      help: "raises a limit that the audit names, such as conic=5000; may be repeated",
      multiple: true,
    },
    html: { help: "also write a report with plots, report.html in the output folder" },
    ...checkpointOptions,
  },
  positionals: ["CHECKPOINT"],
  writes: ["audit.json", "certificates.safetensors", "report.html"],
  async run(session) {
    const { given } = session;
    const out = session.output();
    const model = await openCheckpoint(session);
    const { nQ } = model.spec;
    const path = given.text("data") === undefined ? undefined : dataText(given, "audit");
    const anchored = given.whole("anchored", 0) ?? 0;
    if (anchored > nQ) {
      throw new UsageError(`--anchored must be at most the dictionary's ${nQ} latents, got ${anchored}; count them`);
    }
    if (path === undefined && given.text("target") !== undefined) {
      throw new UsageError("--target must be given with --data, whose targets it holds; give both");
    }
    const samples = path === undefined ? undefined : await openSamples(given, path, model.spec);
    const limits = limitsOf(given.texts("limit"));
    const truth = await openTruth(given, model.spec);

    const backend = await session.backend();
    const found = await auditModel(backend, model, {
      ...(samples ? { data: watchedBatches(session, "reading samples", samples.data, batchSize, samples.target) } : {}),
      ...truth,
      anchors: Array.from({ length: anchored }, (_, latent) => latent),
      limits,
      seed: session.seed,
    });
    await backend.close();
    found.verdict.warnings.forEach(session.warn);
    const { record, certificates } = auditRecord(found);
    const { verdict, undecided } = record;
    const file = certificates.length > 0 ? join(out, "certificates.safetensors") : null;
    if (file !== null) await session.write(file, certificateFile(certificates));
    const document: AuditDocument = {
      ...session.document(backend, out, {
        ...record,
        verdict: { ...verdict, reason: atCommandLine(verdict.reason) },
        undecided: undecided.map(atCommandLine),
        certificates: file,
      }),
      command: "audit",
    };
    const lines = [auditText(document)];
    if (given.has("html")) {
      const { auditReport } = await import("@monosema/experiments/report"); // loads the plotting library
      const report = join(out, "report.html");
      await session.write(report, auditReport(document, found.firingRates));
      lines.push(`report: ${report}`);
    }
    await session.write(join(out, "audit.json"), `${JSON.stringify(document, null, 2)}\n`);
    session.finish(document, lines.join("\n"));
  },
};

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
