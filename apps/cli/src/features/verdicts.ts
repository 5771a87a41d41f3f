import { join } from "node:path";
import type { AuditRecord, FindingRecord, LatentRecord } from "@monosema/audit";
import type { FeatureVerdict } from "@monosema/features";
import { parseJson } from "@monosema/tensor";
import { openText } from "../data.js";
import type { Given, Option } from "../options.js";
import { UsageError } from "../usageError.js";

/** What an audit found. */
export const auditOption: Readonly<Record<"audit", Option>> = {
  audit: {
    value: "FOLDER",
    help: "the output folder of monosema audit --data: its verdict on each latent is shown beside it",
    path: "input",
  },
};

/** The verdicts of an audit by latent; none without `--audit`. */
export async function verdictsFrom(given: Given, nQ: number): Promise<ReadonlyMap<number, FeatureVerdict>> {
  const folder = given.text("audit");
  if (folder === undefined) return new Map();
  const latents = (await jsonIn(folder, "latents.json")) as readonly LatentRecord[];
  const { findings } = (await jsonIn(folder, "audit.json")) as Pick<AuditRecord, "findings">;
  if (!Array.isArray(latents) || !Array.isArray(findings) || latents.length !== nQ) {
    const got = Array.isArray(latents) ? `${latents.length} latents` : "other files";
    throw new UsageError(
      `--audit must be the folder of an audit of this dictionary of ${nQ} latents, got ${got} in ${folder}; run monosema audit with --data`,
    );
  }
  const sentences = new Map<number, string[]>();
  for (const finding of findings as readonly FindingRecord[]) {
    if (finding.latent === undefined) continue;
    sentences.set(finding.latent, [...(sentences.get(finding.latent) ?? []), sentenceOf(finding)]);
  }
  return new Map(
    latents.map(({ latent, rate: _, name: __, ...own }) => {
      // What the reasons say already is not said again.
      const more = (sentences.get(latent) ?? []).filter((one) => !own.reasons.includes(one));
      return [latent, { ...own, findings: more }] as const;
    }),
  );
}

const sentenceOf = ({ kind, feature, summary, certificate }: FindingRecord): string =>
  `${kind}${feature === undefined ? "" : ` of feature ${feature}`}: ${summary}${certificate === undefined ? "" : " (proved)"}`;

async function jsonIn(folder: string, name: string): Promise<unknown> {
  return parseJson(await openText("audit", join(folder, name)), join(folder, name));
}
