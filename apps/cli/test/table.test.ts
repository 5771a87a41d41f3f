import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { document, inProcess, interrupted, monosema, temporaryFolder } from "./support/cli.js";

interface Entry {
  readonly row: string;
  readonly seed: number;
  readonly ours: Readonly<Record<string, number>>;
}

const rowsOf = (json: Record<string, unknown>): readonly Entry[] => json.rows as readonly Entry[];

describe("monosema table", { timeout: 120_000 }, () => {
  it("runs chosen rows, and the same folder goes on with the others", () => {
    const out = join(temporaryFolder(), "minima");
    const first = document("table", "minima", "--rows", "relu", "--seeds", "2", "--out", out);
    expect(first).toMatchObject({ command: "table", table: "minima", scale: "reduced", out });
    expect(rowsOf(first).map(({ row, seed }) => [row, seed])).toEqual([
      ["relu", 0],
      ["relu", 1],
    ]);
    const again = document("table", "minima", "--rows", "relu,relu-anchors", "--seeds", "1", "--out", out);
    expect(rowsOf(again).slice(0, 2)).toEqual(rowsOf(first));
    expect(rowsOf(again).map(({ row }) => row)).toEqual(["relu", "relu", "relu-anchors"]);
    expect(JSON.parse(readFileSync(join(out, "table.json"), "utf8"))).toEqual(again);
    expect(readFileSync(join(out, "report.html"), "utf8")).toContain("Spurious partial minima");
  });

  it("does the rows anew with --force", () => {
    const out = join(temporaryFolder(), "forced");
    document("table", "minima", "--rows", "relu", "--seeds", "1", "--out", out);
    const forced = document("table", "minima", "--rows", "top1", "--seeds", "1", "--out", out, "--force");
    expect(rowsOf(forced).map(({ row }) => row)).toEqual(["top1"]);
  });

  it("keeps finished rows when it is stopped, and says how to go on", async () => {
    const out = join(temporaryFolder(), "stopped");
    const rows = ["--rows", "relu,relu-escape", "--seeds", "2000"];
    const ran = await interrupted("SIGINT", /seed [2-9]/, "table", "minima", ...rows, "--out", out);
    expect(ran.status).toBe(130);
    expect(ran.stderr).toMatch(
      /interrupted; the rows that are done are in .*; go on with: monosema table minima --seeds 2000 --rows relu,relu-escape --out/,
    );
    const kept = readFileSync(join(out, "rows.jsonl"), "utf8").trim().split("\n");
    expect(kept.length).toBeGreaterThan(1);
    const resumed = document("table", "minima", "--rows", "relu", "--seeds", "1", "--out", out);
    expect(rowsOf(resumed).length).toBe(kept.length);
  });

  it("prints the rows, what the columns mean and what they say together", () => {
    const out = join(temporaryFolder(), "text");
    const { status, stdout } = monosema("table", "minima", "--rows", "top1", "--seeds", "2", "--out", out, "--quiet");
    expect(status).toBe(0);
    expect(stdout).toMatch(/^row +stuck +partial/m);
    expect(stdout).toMatch(/^top1 +\d/m);
    expect(stdout).toMatch(/^ +± 2 seeds/m);
    expect(stdout).toMatch(/Conclusion\n- Top-1: \d+ % of the plain runs end stuck\./);
  });
});

describe("wrong usage of monosema table", () => {
  it.each<[string, RegExp]>([
    ["table", /table takes TABLE, got nothing/],
    ["table 3", /table must be one of 1, .*got 3/],
    ["table minma", /got minma; did you mean minima\?/],
    ["table 1 --rows topc", /--rows must be one of relu, .*got topc; did you mean topk\?/],
    ["table 1 --scale huge", /--scale must be one of reduced, paper, got huge/],
    ["table 1 --seeds 0", /--seeds must be a number of at least 1/],
  ])("%s", async (line, message) => {
    const { status, stderr } = await inProcess(...line.split(" "));
    expect([status, stderr]).toEqual([2, expect.stringMatching(message)]);
  });

  it("a folder with the rows of another table is refused and stays", async () => {
    const out = temporaryFolder();
    const row = { table: "4", row: "n800", seed: 0, key: "k", seconds: 1, ours: {} };
    const file = join(out, "rows.jsonl");
    writeFileSync(file, `${JSON.stringify(row)}\n`);
    const { status, stderr } = await inProcess("table", "1", "--rows", "topk", "--out", out);
    expect([status, stderr]).toEqual([2, expect.stringMatching(/one of table 1, got .* with table 4; choose another/)]);
    expect(existsSync(file)).toBe(true);
    expect(existsSync(join(out, "table.json"))).toBe(false);
  });

  it("a folder whose rows cannot be read is refused", async () => {
    const out = temporaryFolder();
    writeFileSync(join(out, "rows.jsonl"), "nonsense\n");
    const { status, stderr } = await inProcess("table", "1", "--rows", "topk", "--out", out);
    expect([status, stderr]).toEqual([2, expect.stringMatching(/line 1; remove the line/)]);
  });
});
