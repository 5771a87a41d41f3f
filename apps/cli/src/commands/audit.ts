import { join } from "node:path";
import type { AuditDocument } from "@monosema/experiments/report";
import { type AuditLimits, auditDictionary, type Certificate, type DictionaryAudit } from "@monosema/theory";
import { atCommandLine } from "../advice.js";
import { auditBatches } from "../audit/auditBatches.js";
import { type AuditedModel, auditedModel, mat } from "../audit/auditModel.js";
import { auditText } from "../audit/auditText.js";
import { certificateFile } from "../audit/certificateFile.js";
import { checkpointOptions, openCheckpoint } from "../checkpoint.js";
import type { Command } from "../command.js";
import { dataText } from "../dataFile.js";
import { openSamples, sampleOptions } from "../samples.js";
import type { Session } from "../session.js";
import { openTruth, truthOptions } from "../truth.js";
import { UsageError } from "../usageError.js";

/** `monosema audit`. */
export const audit: Command = {
  usage: "audit CHECKPOINT [--data FILE] [--features FILE.npy] [--html]",
  summary: "What can be said about a dictionary, with certificates, and what cannot.",
  options: {
    ...sampleOptions,
    ...truthOptions,
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
    const { nP, nR, nQ } = model.spec;
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
    const audited = auditedModel(model);
    const truth = await openTruth(given, model.spec);
    const features = truth && {
      featuresP: mat(audited.inputs(truth.features), nP),
      featuresR: mat(audited.targets(truth.targetFeatures, truth.features), nR),
    };

    const backend = await session.backend();
    const found = await auditDictionary(audited.model, {
      ...(samples ? { data: auditBatches(session, backend, model, audited, samples) } : {}),
      ...(features ? { features } : {}),
      anchors: Array.from({ length: anchored }, (_, latent) => latent),
      regulariser: audited.regulariser,
      limits,
    });
    await backend.close();
    found.verdict.warnings.forEach(session.warn);
    const document: AuditDocument = {
      ...session.document(backend, out, await ownPart(session, out, found, audited)),
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

/** What the document has of its own; certificates go into a file, each once, and findings name them. */
async function ownPart(session: Session, out: string, found: DictionaryAudit, { assumptions }: AuditedModel) {
  const { verdict } = found;
  const all = [verdict.certificate, ...found.findings.map(({ certificate }) => certificate)];
  const proofs = [...new Set(all.flatMap((one) => one ?? []))];
  const named = (certificate: Certificate | null | undefined) =>
    certificate ? { certificate: { kind: certificate.kind, id: proofs.indexOf(certificate) } } : {};
  const file = proofs.length > 0 ? join(out, "certificates.safetensors") : null;
  if (file !== null) await session.write(file, certificateFile(proofs));
  return {
    latents: found.latents,
    dead: found.dead.length,
    deadLatents: found.dead,
    samples: found.samples,
    verdict: { verdict: verdict.verdict, reason: atCommandLine(verdict.reason), ...named(verdict.certificate) },
    findings: found.findings.map(({ certificate, ...finding }) => ({ ...finding, ...named(certificate) })),
    undecided: found.undecided.map(atCommandLine),
    assumptions,
    certificates: file,
  };
}

const limitNames: readonly (keyof AuditLimits)[] = [
  "findings",
  "pairs",
  "samples",
  "activeCodes",
  "conic",
  "directions",
  "decomposition",
  "region",
  "work",
];

function limitsOf(texts: readonly string[]): AuditLimits {
  return Object.fromEntries(
    texts.map((text) => {
      const [name, value, ...more] = text.split("=");
      const limit = limitNames.find((one) => one === name);
      const number = Number(value || Number.NaN);
      if (limit !== undefined && number >= 0 && more.length === 0) return [limit, number];
      throw new UsageError(
        `--limit must be KEY=N with one of ${limitNames.join(", ")} and a number of at least 0, got ${text}; see monosema audit --help`,
      );
    }),
  );
}
