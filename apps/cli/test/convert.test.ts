import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, it } from "vitest";
import { inProcess, temporaryFolder } from "./support/cli.js";

const fixtures = resolve(import.meta.dirname, "../../../packages/formats/test/fixtures");

it("convert writes a dictionary in the layout of another program, to the same bytes again", async () => {
  const folder = temporaryFolder();
  const [first, second] = [join(folder, "first"), join(folder, "second")];
  const source = join(fixtures, "saelens/topk_plain");
  const { status, stdout } = await inProcess("convert", source, first, "--to", "dictionary_learning", "--json");
  expect(status).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    to: "dictionary_learning",
    losses: [],
    files: [join(first, "ae.pt"), join(first, "config.json")],
  });
  expect((await inProcess("convert", first, second, "--to", "dictionary_learning", "--quiet")).status).toBe(0);
  for (const name of ["ae.pt", "config.json"])
    expect(readFileSync(join(second, name))).toEqual(readFileSync(join(first, name)));
  const back = await inProcess("convert", first, join(folder, "back"), "--to", "saelens", "--quiet");
  expect(back.status, back.stderr).toBe(0);
  const ours = await inProcess("convert", first, join(folder, "ours"), "--to", "monosema", "--json");
  expect(JSON.parse(ours.stdout)).toMatchObject({ from: "dictionary_learning", to: "monosema", losses: [] });
});

it("convert names what is lost, which needs --allow, and refuses what cannot be written", async () => {
  const folder = temporaryFolder();
  const lossy = ["convert", join(fixtures, "saelens/jumprelu"), join(folder, "out"), "--to", "dictionary_learning"];
  const refused = await inProcess(...lossy);
  expect(refused).toMatchObject({ status: 2, stderr: expect.stringContaining("does not subtract b_dec") });
  expect((await inProcess(...lossy, "--allow", "unnamed")).status).toBe(2);
  expect((await inProcess(...lossy, "--allow", "rounding")).status).toBe(0);
  const none = await inProcess(
    "convert",
    join(fixtures, "saelens/gated_training"),
    join(folder, "no"),
    "--to",
    "sparsify",
  );
  expect(none).toMatchObject({ status: 1, stderr: expect.stringContaining("must be topk or groupmax, got gated") });
  expect(await inProcess("convert", folder, join(folder, "x"))).toMatchObject({
    status: 2,
    stderr: expect.stringContaining(
      "--to must be given: one of saelens, monosema, dictionary_learning, sparsify, circuit-tracer",
    ),
  });
});

it("convert --names keeps names in the dictionary, and info shows them", async () => {
  const folder = temporaryFolder();
  const source = join(fixtures, "saelens/topk_plain");
  const [names, wrong] = [join(folder, "names.json"), join(folder, "wrong.json")];
  writeFileSync(names, '{"2": "digits"}');
  writeFileSync(wrong, '{"2000": "digits"}');
  const named = join(folder, "named");
  const converted = await inProcess("convert", source, named, "--to", "monosema", "--names", names, "--quiet");
  expect(converted.status, converted.stderr).toBe(0);
  const { stdout } = await inProcess("info", named, "--json");
  expect(JSON.parse(stdout).names).toEqual({ 2: "digits" });
  expect((await inProcess("info", named)).stdout).toContain("names       1: 2 digits");
  const lost = await inProcess("convert", named, join(folder, "ae"), "--to", "dictionary_learning");
  expect(lost).toMatchObject({ status: 2, stderr: expect.stringContaining("1 are lost [names]") });
  expect(await inProcess("convert", source, join(folder, "x"), "--to", "monosema", "--names", wrong)).toMatchObject({
    status: 2,
    stderr: expect.stringMatching(/--names: latents must be whole numbers below \d+, got "2000"/),
  });
});
