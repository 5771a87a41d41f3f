import { type SdlSpec, transcodes } from "@monosema/sdl";
import type { TrainedAnchors } from "../records.js";
import { fileName, formatAmount, formatSeconds, formatWhole } from "./format.js";
import { html, type Markup } from "./markup.js";
import { facts, page, section, warningList } from "./page.js";
import { trainingCurve } from "./plots/trainingCurve.js";
import type { TrainDocument } from "./trainDocument.js";
import { trainMetrics } from "./trainMetrics.js";

/** A training run as one self-contained HTML file: metrics, curves, and the facts of the run. */
export function trainReport(document: TrainDocument): string {
  const { spec, metrics, curve } = document;
  return page(
    `Training of a ${nameOf[spec.variant]}`,
    html`${[
      html`<p>${describe(spec)} ${unexplained(document)} with ${formatAmount(metrics.l0)} of ${formatWhole(spec.nQ)} latents active per sample.</p>`,
      section("Metrics", trainMetrics(document)),
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

const nameOf = {
  sae: "sparse autoencoder",
  transcoder: "transcoder",
  crosscoder: "crosscoder",
  crosslayer: "cross-layer transcoder",
} as const;

/** Of the held-out rows, where there are any. */
function unexplained({ metrics, heldOut }: TrainDocument): string {
  const { fvu } = heldOut ?? metrics;
  if (fvu === null) return "The data have no variance to explain";
  const which = heldOut === null ? "the data" : "held-out data";
  return `A share of ${fvu.toPrecision(2)} of the variance of ${which} is left unexplained (fvu)`;
}

function describe(spec: SdlSpec): string {
  const { variant, nP, nR, nQ, layers, activation } = spec;
  const k = "k" in activation ? ` (k = ${activation.k})` : "";
  const across = layers ? ` of ${layers.length} layers` : "";
  const shape = transcodes(spec) ? `from ${nP} to ${nR} dimensions` : `of ${nP} dimensions`;
  return `A ${nameOf[variant]}${across} ${shape} with ${formatWhole(nQ)} latents and the activation ${activation.kind}${k}.`;
}

function runFacts(document: TrainDocument): Markup {
  const { command, version, backend, seconds, steps, samplesSeen, samplesPerSecond } = document;
  const { seed, data, target, rows, dropped, heldOut, lr, batch, anchors } = document;
  const { model_name: model, hook_name: hook } = document;
  const files = [...data, ...(target ?? [])];
  return facts([
    ["command", `monosema ${command}`],
    ["version", version],
    ...files.map(({ path, sha256 }) => ["data", `${fileName(path)} (sha256 ${sha256.slice(0, 12)})`] as const),
    ...(model === undefined ? [] : [["model", hook === undefined ? model : `${model}, ${hook}`] as const]),
    ["rows", `${formatWhole(rows)}${dropped > 0 ? `, ${formatWhole(dropped)} of extreme norm left out` : ""}`],
    ["held out", formatWhole(heldOut?.rows ?? 0)],
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
