import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { document, interrupted, monosema, temporaryFolder } from "./support/cli.js";

const sizes = ["n=60", "nP=32", "nQ=64", "k=3", "samples=2000", "heldOut=300", "batchSize=64"];
const bench = ["bench", "--preset", "quick", ...sizes.flatMap((set) => ["--set", set]), "--backend", "simd"];
const short = [...bench, "--methods", "topk,jumprelu", "--anchors", "none", "--steps", "40"];
const figures = (made: Record<string, unknown>): readonly unknown[] =>
  (made.rows as readonly Record<string, unknown>[]).map(({ seconds: _, checkpoint: __, data: ___, ...row }) => row);

it("interrupted and given again, the finished rows are kept and the unfinished goes on from its state", async () => {
  const folder = temporaryFolder();
  const out = join(folder, "out");
  const command = [...bench, "--methods", "topk,batchtopk", "--anchors", "none", "--steps", "2500", "--save"];
  const stopped = await interrupted("SIGINT", /batchtopk, fvu/, ...command, "--out", out);
  expect(stopped).toMatchObject({ status: 130, stderr: expect.stringMatching(/the same command goes on/) });
  const rows = join(out, "rows");
  expect(readdirSync(join(rows, "results"))).toHaveLength(1);
  const states = readdirSync(join(rows, "jobs"), { recursive: true })
    .map(String)
    .filter((name) => /step-\d+$/.test(name));
  expect(states).toHaveLength(1);

  const again = monosema(...command, "--out", out, "--json");
  expect([again.status, again.stderr]).toEqual([0, expect.stringContaining("2 rows, 1 done before")]);
  const whole = document(...command, "--out", join(folder, "whole"));
  expect(figures(JSON.parse(again.stdout))).toEqual(figures(whole));
}, 240_000);

it("goes on in a folder of the same benchmark alone, and begins anew with --force", () => {
  const folder = temporaryFolder();
  const out = join(folder, "out");
  const first = document(...short, "--out", out);
  expect(document(...short, "--out", out)).toMatchObject({ rows: first.rows });
  const other = monosema(...short, "--seed", "7", "--out", out);
  expect(other).toMatchObject({ status: 2, stderr: expect.stringContaining("--out must name a new or empty folder") });
  const fresh = document(...short, "--out", out, "--force");
  expect(figures(fresh)).toEqual(figures(first));
  expect(fresh.rows).not.toEqual(first.rows); // other seconds

  const store = join(folder, "store");
  const kept = document(...short, "--store", store, "--out", join(folder, "a"));
  expect(existsSync(join(folder, "a/rows"))).toBe(false);
  rmSync(join(folder, "a"), { recursive: true });
  expect(document(...short, "--store", store, "--out", join(folder, "b")).rows).toEqual(kept.rows);
}, 120_000);
