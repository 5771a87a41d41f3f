import { calibration, type FindingRecord, type LatentRecord } from "@monosema/audit";
import { html, type Markup } from "./markup.js";
import { firingHistogram } from "./plots/firingHistogram.js";
import { rankedShares } from "./plots/rankedShares.js";
import { reliabilityCurve } from "./plots/reliabilityCurve.js";
import { scoreHistogram } from "./plots/scoreHistogram.js";
import { scoreScatter } from "./plots/scoreScatter.js";

/**
 * Scores by rate, their number, how far they can be relied on, and firing rates; those that have something to show.
 *
 * @param replicas - that the scores rest on too
 */
export function scorePlots(latents: readonly LatentRecord[] | null, replicas: number): readonly Markup[] {
  if (latents === null) return [];
  const scores = latents.flatMap(({ score }) => score ?? []);
  const { reliability } = calibration.real[replicas > 0 ? "replicated" : "alone"];
  return pair([
    ...(scores.length > 0 ? [scoreScatter(latents), scoreHistogram(scores)] : []),
    ...(scores.length > 0 && reliability.length > 0 ? [reliabilityCurve(reliability)] : []),
    firingHistogram(latents.map(({ rate }) => rate)),
  ]);
}

/** What findings of latents show side by side. */
export function findingPlots(findings: readonly FindingRecord[]): readonly Markup[] {
  const shares = (kind: string, key: string): number[] =>
    findings.flatMap(({ kind: own, latent, evidence }) => {
      const value = evidence[key];
      return own === kind && latent !== undefined && typeof value === "number" ? [value] : [];
    });
  const [mixed, falls] = [shares("polysemantic", "mixed"), shares("stationarity", "fall")];
  const mixedCaption = "Mixed latents: share of the energy that is not of the first feature.";
  const fallCaption =
    "Latents whose decoder row fits badly: fall of the loss if it is fitted anew, relative to the zero output, logarithmic.";
  return pair([
    ...(mixed.length > 1 ? [rankedShares("Mixed latents", mixedCaption, mixed, "share")] : []),
    ...(falls.length > 1 ? [rankedShares("Decoder rows to fit", fallCaption, falls, "fall", "log")] : []),
  ]);
}

const pair = (figures: readonly Markup[]): readonly Markup[] =>
  figures.length === 0 ? [] : [html`<div class="pair">${figures}</div>`];
