import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { document, inProcess, temporaryFolder, writeSamples } from "./support/cli.js";

/** Samples with labels for 60 and 30 of them. */
function labelled(): { readonly data: string; readonly test: string; readonly labels: string } {
  const folder = temporaryFolder();
  const [data, test] = [writeSamples(folder, "a.npy", 60, 8), writeSamples(folder, "b.npy", 30, 8)];
  const labels = join(folder, "labels.json");
  const list = (count: number): string[] => Array.from({ length: count }, (_, i) => `c${i % 3}`);
  writeFileSync(labels, JSON.stringify({ train: list(60), test: list(30) }));
  return { data, test, labels };
}

describe("monosema table 2", { timeout: 60_000 }, () => {
  it("scores class directions on the samples of --test, with the list of labels that fits each file", () => {
    const { data, test, labels } = labelled();
    const out = join(temporaryFolder(), "t2");
    const given = ["--data", data, "--labels", labels, "--rows", "plain,projection", "--seeds", "1"];
    const held = document("table", "2", ...given, "--test", test, "--out", out);
    const rows = held.rows as { readonly row: string; readonly ours: Readonly<Record<string, number>> }[];
    expect(rows.map(({ row }) => row)).toEqual(["plain", "projection"]);
    for (const { ours } of rows)
      for (const key of ["mip", "ceiling", "f1", "auroc"]) expect(ours[key]).toBeTypeOf("number");
    // Other samples are another experiment: nothing of the folder is kept.
    const split = document("table", "2", ...given, "--out", out);
    expect(split.rows).not.toEqual(held.rows);
  });

  it.each<[string, RegExp]>([
    ["table 2", /--data FILE and --labels FILE must be given for table 2/],
    [
      "table 2 --data A --labels L --anchored-classes 3",
      /--anchored-classes must be below the number of classes, 3, got 3/,
    ],
    ["table 2 --data A --labels L --test L", /labels\.json/],
    ["table 1 --data A", /--data is for table 2, got table 1, which makes its data/],
  ])("%s is refused", async (line, message) => {
    const { data, labels } = labelled();
    const args = line.split(" ").map((word) => ({ A: data, L: labels })[word] ?? word);
    const { status, stderr } = await inProcess(...args);
    expect([status, stderr]).toEqual([2, expect.stringMatching(message)]);
  });
});
