import {
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { readNpy, writeNpy, writeSafetensors } from "@monosema/tensor";
import { describe, expect, it } from "vitest";
import { inProcess, temporaryFolder, writeSamples } from "./support/cli.js";

/** A trained dictionary and its data; training in this process is the quickest way to one. */
async function trained() {
  const folder = temporaryFolder();
  const data = writeSamples(folder, "data.npy", 60, 8);
  const run = join(folder, "run");
  const small = ["--latents", "16", "--k", "2", "--batch", "20", "--steps", "3", "--backend", "reference", "--quiet"];
  const ran = await inProcess("train", "--data", data, ...small, "--out", run);
  expect(ran.status, ran.stderr).toBe(0);
  const at = (name: string): string => join(folder, name);
  const command = (name: string, ...more: string[]) =>
    inProcess(name, run, "--data", data, "--backend", "reference", "--quiet", ...more);
  return { folder, data, run, at, command };
}

describe("outputs", { timeout: 60_000 }, () => {
  it("are refused before any work where they are inputs, each other, or no files", async () => {
    const { at, command, data, run } = await trained();
    symlinkSync(data, at("link.npy"));
    linkSync(data, at("hard.npy"));
    mkdirSync(at("sub"));
    const bytes = readFileSync(data);
    const cases: readonly (readonly [string[], RegExp])[] = [
      [
        ["--codes", at("f.npy"), "--reconstruction", at("f.npy")],
        /--reconstruction and --codes must be different files/,
      ],
      [["--codes", at("f.npy"), "--reconstruction", at("sub/../f.npy")], /must be different files/],
      [["--codes", data], /--codes must not be a file that is read, got that of --data/],
      [["--reconstruction", at("link.npy")], /--reconstruction must not be a file that is read/],
      [["--codes", at("hard.npy")], /--codes must not be a file that is read/],
      [["--codes", join(run, "cfg.json")], /--codes must not be a file that is read/],
      [["--codes", at("sub")], /--codes must name a file, got the folder/],
      [["--codes", "/dev/null"], /--codes must name a plain file/],
      [["--codes", join(data, "x.npy")], /--codes must lie in a folder/],
      [["--codes", at("out/reconstruction.npy"), "--out", at("out")], /must be different files/],
    ];
    for (const [more, message] of cases) {
      const { status, stderr } = await command("encode", ...more);
      expect([status, stderr], more.join(" ")).toEqual([2, expect.stringMatching(message)]);
    }
    expect(readFileSync(data).equals(bytes)).toBe(true);
    expect(existsSync(at("out"))).toBe(false);
  });

  it("named elsewhere leave --out alone", async () => {
    const { at, command, folder } = await trained();
    const full = ["--codes", at("c.npy"), "--reconstruction", at("r.npy"), "--out", folder];
    const { status, stderr } = await command("encode", ...full);
    expect(status, stderr).toBe(0);
    expect(readNpy(readFileSync(at("c.npy"))).shape).toEqual([60, 16]);
    expect(readdirSync(folder).sort()).toEqual(["c.npy", "data.npy", "r.npy", "run"]);
  });

  it("follow a symbolic link, which stays", async () => {
    const { at, command } = await trained();
    mkdirSync(at("elsewhere"));
    symlinkSync("elsewhere/codes.npy", at("c.npy"));
    expect((await command("encode", "--codes", at("c.npy"), "--reconstruction", at("r.npy"))).status).toBe(0);
    expect(lstatSync(at("c.npy")).isSymbolicLink()).toBe(true);
    expect(readNpy(readFileSync(at("elsewhere/codes.npy"))).shape).toEqual([60, 16]);
  });

  it("replace an earlier run with --force only, and never an input", async () => {
    const { at, command, data, run } = await trained();
    const states = readdirSync(join(run, "states"));
    const again = ["train", "--data", data, "--latents", "16", "--k", "2", "--steps", "2", "--backend", "reference"];
    const refused = await inProcess(...again, "--quiet", "--out", run);
    expect([refused.status, refused.stderr]).toEqual([2, expect.stringContaining("--force")]);
    writeFileSync(join(run, "notes.txt"), "mine");
    const forced = await inProcess(...again, "--quiet", "--out", run, "--force");
    expect(forced.status, forced.stderr).toBe(0);
    expect(readFileSync(join(run, "notes.txt"), "utf8")).toBe("mine");
    expect(readdirSync(join(run, "states"))).not.toEqual(states);
    expect((await command("encode", "--out", at("codes"))).status).toBe(0);
    const own = ["encode", run, "--data", at("codes/reconstruction.npy"), "--out", at("codes"), "--force"];
    const itself = await inProcess(...own, "--backend", "reference");
    expect([itself.status, itself.stderr]).toEqual([2, expect.stringMatching(/--out must not be a file that is read/)]);
  });

  it("are none of evaluate, which says so", async () => {
    const { at, command } = await trained();
    const { status, stdout, stderr } = await command("evaluate", "--out", at("e"));
    expect([status, stderr]).toEqual([0, "warning: --out is not used: evaluate writes files with --saebench only\n"]);
    expect(stdout.split("\n")).toEqual(expect.arrayContaining([expect.stringMatching(/^samples {12}60$/)]));
    for (const [number] of stdout.matchAll(/\d+\.\d+/g))
      expect(number.replace(/^0?\.0*|\./g, "").length).toBeLessThan(5);
    expect(existsSync(at("e"))).toBe(false);
  });
});

describe("a tensor of --data", { timeout: 60_000 }, () => {
  it("is the only floating-point matrix, or is named", async () => {
    const { at, data, run } = await trained();
    const values = readNpy(readFileSync(data)).data as Float32Array;
    const acts = { dtype: "F32", shape: [60, 8], data: values } as const;
    const tokens = { dtype: "I32", shape: [60, 8], data: new Int32Array(480) } as const;
    writeFileSync(
      at("ids.safetensors"),
      writeSafetensors(
        [
          ["acts", acts],
          ["tokens", tokens],
        ],
        [],
      ),
    );
    writeFileSync(
      at("two.safetensors"),
      writeSafetensors(
        [
          ["a:1", acts],
          ["b", acts],
        ],
        [],
      ),
    );
    const evaluate = (...more: string[]) => inProcess("evaluate", run, "--backend", "reference", "--quiet", ...more);
    const right = await evaluate("--data", data, "--json");
    for (const named of [
      [at("ids.safetensors")],
      [`${at("two.safetensors")}:a:1`],
      [at("two.safetensors"), "--tensor", "b"],
    ]) {
      const ran = await evaluate("--data", ...named, "--json");
      expect(ran.status, ran.stderr).toBe(0);
      expect(JSON.parse(ran.stdout).metrics).toEqual(JSON.parse(right.stdout).metrics);
    }
    const both = await evaluate("--data", at("two.safetensors"));
    expect([both.status, both.stderr]).toEqual([2, expect.stringMatching(/got a:1, b; name one with .*--tensor NAME/)]);
    const npy = await evaluate("--data", data, "--tensor", "a");
    expect([npy.status, npy.stderr]).toEqual([2, expect.stringMatching(/--data must name no tensor .*npy/)]);
    const twice = await evaluate("--data", `${at("two.safetensors")}:b`, "--tensor", "b");
    expect([twice.status, twice.stderr]).toEqual([2, expect.stringMatching(/both name a tensor/)]);
  });

  it("may be an integer one, where it is alone", async () => {
    const { at, run } = await trained();
    const tokens = { dtype: "I32", shape: [60, 8], data: Int32Array.from({ length: 480 }, (_, i) => i % 7) } as const;
    writeFileSync(at("ids.safetensors"), writeSafetensors([["tokens", tokens]], []));
    writeFileSync(at("same.npy"), writeNpy({ shape: [60, 8], data: Float32Array.from(tokens.data) }));
    const of = async (name: string) => {
      const ran = await inProcess("evaluate", run, "--backend", "reference", "--data", at(name), "--json");
      return JSON.parse(ran.stdout).metrics;
    };
    expect(await of("ids.safetensors")).toEqual(await of("same.npy"));
  });
});

describe("features that anchors were made for", { timeout: 60_000 }, () => {
  it("are left out of evaluate, unless --anchored asks for them", async () => {
    const folder = temporaryFolder();
    const data = writeSamples(folder, "data.npy", 200, 8, 8);
    const at = (name: string): string => join(folder, name);
    const unit = (rows: number): Float32Array => Float32Array.from({ length: 8 * rows }, (_, i) => Number(i % 9 === 0));
    writeFileSync(at("anchors.npy"), writeNpy({ shape: [2, 8], data: unit(2) }));
    writeFileSync(at("features.npy"), writeNpy({ shape: [8, 8], data: unit(8) }));
    const small = [
      "--latents",
      "16",
      "--k",
      "2",
      "--batch",
      "50",
      "--steps",
      "300",
      "--backend",
      "reference",
      "--quiet",
    ];
    const held = ["--anchors", at("anchors.npy"), "--anchor-strength", "10", "--out", at("run")];
    expect((await inProcess("train", "--data", data, ...small, ...held)).status).toBe(0);
    const scored = async (...more: string[]) => {
      const own = ["--features", at("features.npy"), "--backend", "reference", "--json", ...more];
      return JSON.parse((await inProcess("evaluate", at("run"), "--data", data, ...own)).stdout);
    };
    const [plain, all] = [await scored(), await scored("--anchored")];
    expect(plain).toMatchObject({ scoredFeatures: 6, anchoredFeatures: 2 });
    expect(all).toMatchObject({ scoredFeatures: 8, anchoredFeatures: 2 });
    expect(plain.metrics.decoder.mip).toBeLessThan(all.metrics.decoder.mip);
  });
});
