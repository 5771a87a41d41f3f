import type { SdlSpec } from "@monosema/sdl";
import type { CurvePoint, DocumentHead, TrainedAnchors, TrainProvenance } from "../records.js";
import { fileName, formatAmount, formatSeconds, formatShare, formatWhole } from "./format.js";
import { html, type Markup } from "./markup.js";
import { facts, page, section, warningList } from "./page.js";
import { trainingCurve } from "./plots/trainingCurve.js";

/** Document of `train`. */
export interface TrainDocument extends DocumentHead, TrainProvenance {
  /** `train`. */
  readonly command: "train";
  /** What was trained. */
  readonly spec: SdlSpec;
  /** Samples that the run was trained and measured on. */
  readonly rows: number;
  /** Samples seen. */
  readonly samplesSeen: number;
  /** Samples per second of training. */
  readonly samplesPerSecond: number;
  /** Folder of the checkpoint, absolute. */
  readonly checkpoint: string;
  /** Metrics of the dictionary over the data. */
  readonly metrics: TrainMetrics;
  /** Training curve. */
  readonly curve: readonly CurvePoint[];
}

/** Metrics of a trained dictionary. */
export interface TrainMetrics {
  /** Loss of the last report, all terms, in the units of training. */
  readonly loss: number;
  /** Fraction of variance unexplained, about the mean; null for targets without variance. */
  readonly fvu: number | null;
  /** 1 - fvu; null where that is. */
  readonly explainedVariance: number | null;
  /** Mean active latents per sample. */
  readonly l0: number;
  /** Share of latents never active. */
  readonly deadFraction: number;
}

/** A training run as one self-contained HTML file: metrics, curves, and the facts of the run. */
export function trainReport(document: TrainDocument): string {
  const { spec, metrics, curve } = document;
  return page(
    `Training of a ${nameOf[spec.variant]}`,
    html`${[
      html`<p>${describe(spec)} ${unexplained(metrics.fvu)} with ${formatAmount(metrics.l0)} of ${formatWhole(spec.nQ)} latents active per sample.</p>`,
      section(
        "Metrics",
        facts([
          ["fvu", metrics.fvu?.toPrecision(3) ?? "n/a"],
          ["explained variance", metrics.explainedVariance?.toFixed(4) ?? "n/a"],
          ["L0", formatAmount(metrics.l0)],
          ["dead latents", formatShare(metrics.deadFraction)],
          ["loss", metrics.loss.toPrecision(4)],
        ]),
      ),
      section(
        "Curves",
        html`<div class="pair">${[
          trainingCurve("loss", "Loss of the training batches, all terms, logarithmic.", curve, ({ loss }) => loss),
          trainingCurve(
            "fvu",
            "Fraction of variance unexplained of the training batches, logarithmic.",
            curve,
            ({ fvu }) => fvu,
          ),
          trainingCurve(
            "L0",
            "Mean active latents per sample of the training batches.",
            curve,
            ({ l0 }) => l0,
            "linear",
          ),
        ]}</div>`,
      ),
      ...warningList(document.warnings),
      section("Run", runFacts(document)),
    ]}`,
  );
}

const nameOf = { sae: "sparse autoencoder", transcoder: "transcoder", crosscoder: "crosscoder" } as const;

const unexplained = (fvu: number | null): string =>
  fvu === null
    ? "The data have no variance to explain"
    : `A share of ${fvu.toPrecision(2)} of the data's variance is left unexplained (fvu)`;

function describe({ variant, nP, nR, nQ, activation }: SdlSpec): string {
  const k = "k" in activation ? ` (k = ${activation.k})` : "";
  const shape = variant === "transcoder" ? `from ${nP} to ${nR} dimensions` : `of ${nP} dimensions`;
  return `A ${nameOf[variant]} ${shape} with ${formatWhole(nQ)} latents and the activation ${activation.kind}${k}.`;
}

function runFacts(document: TrainDocument): Markup {
  const { command, version, backend, seconds, steps, samplesSeen, samplesPerSecond } = document;
  const { seed, data, target, rows, dropped, lr, batch, anchors, model_name: model, hook_name: hook } = document;
  const files = [...data, ...(target ? [target] : [])];
  return facts([
    ["command", `monosema ${command}`],
    ["version", version],
    ...files.map(({ path, sha256 }) => ["data", `${fileName(path)} (sha256 ${sha256.slice(0, 12)})`] as const),
    ...(model === undefined ? [] : [["model", hook === undefined ? model : `${model}, ${hook}`] as const]),
    ["rows", `${formatWhole(rows)}${dropped > 0 ? `, ${formatWhole(dropped)} of extreme norm left out` : ""}`],
    ...(anchors.count > 0 ? [["anchors", describeAnchors(anchors)] as const] : []),
    ["seed", String(seed)],
    ["learning rate", String(lr)],
    ["batch", formatWhole(batch)],
    [
      "backend",
      `${backend.name}, ${backend.threads} ${backend.threads === 1 ? "thread" : "threads"}: ${backend.detail}`,
    ],
    ["time", formatSeconds(seconds)],
    ["steps", formatWhole(steps)],
    ["samples seen", formatWhole(samplesSeen)],
    ["samples per second", formatWhole(samplesPerSecond)],
  ]);
}

const describeAnchors = ({ kind, count, names = [] }: TrainedAnchors): string =>
  `${count} (${kind})${names.length > 0 ? `: ${names.join(", ")}` : ""}`;
