import { formatBytes, formatSeconds, formatWhole } from "@monosema/experiments/format";
import type { HarvestManifest, HarvestPlan } from "@monosema/harvest/node";

/** What is to come, for a person. */
export function planText({ rows, estimated, bytes, shards, seconds, free, done }: HarvestPlan, hooks: number): string {
  if (rows === undefined || bytes === undefined || shards === undefined || seconds === undefined) {
    return `plan: as many rows of ${many(hooks, "hook")} as the source gives; ${formatBytes(free)} free`;
  }
  const about = estimated ? "about " : "";
  const before = done > 0 ? `, ${formatWhole(done)} of them done` : "";
  return `plan: ${about}${formatWhole(rows)} rows of ${many(hooks, "hook")}${before}, ${many(shards, "shard")}, ${about}${formatBytes(bytes)} (${formatBytes(free)} free), about ${formatSeconds(seconds)}`;
}

/** Which rows were left out, for a person; nothing where none were. */
export function droppedText(manifest: HarvestManifest, token: (id: number) => string): readonly string[] {
  const { dropped, rows, maxNorm, shards } = manifest;
  if (dropped === 0) return [];
  const largest = shards.flatMap((shard) => shard.largest ?? []).sort((a, b) => b.ratio - a.ratio);
  const some = largest
    .slice(0, 3)
    .map(
      ({ token: id, document, position, ratio }) =>
        `${id === undefined ? "" : `${token(id)} at `}position ${position} of document ${document} (${ratio} times)`,
    );
  return [
    `left out: ${formatWhole(dropped)} of ${formatWhole(rows + dropped)} rows, whose norms exceed ${maxNorm} times the median: ${some.join(", ")}${dropped > some.length ? ", ..." : ""}`,
  ];
}

const many = (count: number, what: string): string => `${formatWhole(count)} ${what}${count === 1 ? "" : "s"}`;
