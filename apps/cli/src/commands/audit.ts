import { join } from "node:path";
import type { AuditDocument } from "@monosema/experiments/report";
import type { Model } from "@monosema/sdl";
import {
  type AuditFeatures,
  type AuditLimits,
  auditDictionary,
  type Certificate,
  type DictionaryAudit,
} from "@monosema/theory";
import { auditBatches } from "../audit/auditBatches.js";
import { type AuditedModel, auditedModel, mat } from "../audit/auditModel.js";
import { auditText } from "../audit/auditText.js";
import { certificateFile } from "../audit/certificateFile.js";
import { openCheckpoint, orientationOption } from "../checkpoint.js";
import type { Command } from "../command.js";
import { allRows, openData, openTarget } from "../data.js";
import { refuseWidth } from "../refuseWidth.js";
import type { Session } from "../session.js";
import { UsageError } from "../usageError.js";

/** `monosema audit`. */
export const audit: Command = {
  usage: "audit CHECKPOINT [--data FILE] [--features FILE.npy] [--html]",
  summary: "What can be said about a dictionary, with certificates, and what cannot.",
  options: {
    data: { value: "FILE", help: "activations, npy or safetensors [N, P]" },
    target: { value: "FILE", help: "targets of a transcoder [N, R]" },
    features: { value: "FILE", help: "true directions in input space [n, P], at the size that they have in the data" },
    "target-features": { value: "FILE", help: "true directions in target space [n, R], where they differ" },
    anchored: { value: "N", help: "the first N latents were held by anchoring (default 0)" },
    limit: {
      value: "KEY=N",
      help: "raises a limit that the audit names, such as conic=5000; may be repeated",
      multiple: true,
    },
    html: { help: "also write a report with plots, report.html in the output folder" },
    ...orientationOption,
  },
  positionals: ["CHECKPOINT"],
  async run(session) {
    const { given } = session;
    const model = await openCheckpoint(session);
    const { nP, nR, nQ, variant } = model.spec;
    const [dataPath, targetPath] = [given.text("data"), given.text("target")];
    const anchored = given.whole("anchored", 0) ?? 0;
    if (anchored > nQ) {
      throw new UsageError(`--anchored must be at most the dictionary's ${nQ} latents, got ${anchored}; count them`);
    }
    if (dataPath === undefined && targetPath !== undefined) {
      throw new UsageError("--target must be given with --data, whose targets it holds; give both");
    }
    if (dataPath !== undefined && variant === "transcoder" && targetPath === undefined) {
      throw new UsageError("--target must be given for a transcoder; give the activations that it predicts");
    }
    const data = dataPath === undefined ? undefined : await openData("data", dataPath);
    if (data) refuseWidth("data", data.columns, nP);
    const target = data && (await openTarget(targetPath, data));
    if (target) refuseWidth("target", target.columns, nR);
    const limits = limitsOf(given.texts("limit"));
    const audited = auditedModel(model);
    const features = await trueFeatures(session, model, audited);

    const out = await session.output();
    const backend = await session.backend();
    const found = await auditDictionary(audited.model, {
      ...(data ? { data: auditBatches(session, backend, model, audited, data, target) } : {}),
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
    verdict: { verdict: verdict.verdict, reason: verdict.reason, ...named(verdict.certificate) },
    findings: found.findings.map(({ certificate, ...finding }) => ({ ...finding, ...named(certificate) })),
    undecided: found.undecided,
    assumptions,
    certificates: file,
  };
}

async function trueFeatures(
  { given }: Session,
  { spec: { nP, nR } }: Model,
  { inputs, targets }: AuditedModel,
): Promise<AuditFeatures | undefined> {
  const featuresP = await directions(given.text("features"), "features", nP);
  const featuresR = await directions(given.text("target-features"), "target-features", nR);
  if (featuresP === undefined) {
    if (featuresR === undefined) return undefined;
    throw new UsageError("--target-features must be given with --features, row by row; give both");
  }
  if (featuresR === undefined && nP !== nR) {
    throw new UsageError(
      `--target-features must be given where input and target differ in width, got none for ${nP} and ${nR}; give them`,
    );
  }
  const wanted = featuresR ?? featuresP;
  if (wanted.length / nR !== featuresP.length / nP) {
    throw new UsageError(
      `--target-features must have as many rows as --features, ${featuresP.length / nP}, got ${wanted.length / nR}; pair them`,
    );
  }
  return { featuresP: mat(inputs(featuresP), nP), featuresR: mat(targets(wanted, featuresP), nR) };
}

async function directions(path: string | undefined, option: string, width: number): Promise<Float32Array | undefined> {
  if (path === undefined) return undefined;
  const rows = await openData(option, path);
  refuseWidth(option, rows.columns, width);
  return await allRows(rows);
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
