import { describe, expect, it } from "vitest";
import { atCommandLine } from "../src/advice.js";
import { didYouMean } from "../src/didYouMean.js";
import { metricsText } from "../src/metricsText.js";
import { wrapped } from "../src/wrapped.js";
import { inProcess } from "./support/cli.js";

describe("help", () => {
  it.each([
    ["train", "--help"],
    ["train", "-h"],
    ["help", "train"],
    ["--help", "train"],
    ["-h", "train"],
  ])("%s %s is that of the command", async (...args) => {
    const { status, stdout } = await inProcess(...args);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^Usage: monosema train/);
    expect(stdout).toContain("--force");
  });

  it("of all is printed with help, -h and --help, and without arguments with status 2", async () => {
    const texts = [await inProcess("help"), await inProcess("-h"), await inProcess("--help"), await inProcess()];
    expect(new Set(texts.map(({ stdout }) => stdout)).size).toBe(1);
    expect(texts.map(({ status }) => status)).toEqual([0, 0, 0, 2]);
  });

  it("fits the terminal", async () => {
    const columns = Object.getOwnPropertyDescriptor(process.stdout, "columns");
    for (const width of [40, 64, 80, 120]) {
      Object.defineProperty(process.stdout, "columns", { value: width, configurable: true });
      for (const args of [["help"], ["help", "train"], ["help", "audit"], ["bench", "-h"]]) {
        const { stdout } = await inProcess(...args);
        const long = stdout.split("\n").filter((line) => line.length > width && line.trim().includes(" "));
        expect(long, `${args.join(" ")} at ${width}`).toEqual([]);
      }
    }
    Object.defineProperty(process.stdout, "columns", columns ?? { value: undefined, configurable: true });
  });

  it("-v, --version and COMMAND --version print the version", async () => {
    for (const args of [["-v"], ["--version"], ["train", "-v"], ["train", "--version"]])
      expect(await inProcess(...args)).toMatchObject({ status: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) });
  });
});

describe("wrong usage suggests what was meant", () => {
  it.each<[string, RegExp]>([
    ["trian", /trian is not a command; did you mean train\?/],
    ["help eval", /eval is not a command; did you mean evaluate\?/],
    ["constructor", /constructor is not a command; use one of/],
    ["train --latent 8", /--latent is not an option of train; did you mean --latents\?/],
    ["train --stpes 8", /--stpes .*did you mean --steps\?/],
    ["train --wheel 8", /--wheel is not an option of train; see/],
    ["bench --methods topc", /got topc; did you mean topk\?/],
    ["bench --preset quik", /got quik; did you mean quick\?/],
    ["bench --preset constructor", /--preset must be one of .*got constructor; choose/],
    ["bench --preset __proto__", /--preset must be one of .*got __proto__; choose/],
    ["info a --json --json", /--json may be given once/],
    ["encode x --codes a --codes b", /--codes may be given once/],
  ])("monosema %s", async (line, message) => {
    const { status, stderr } = await inProcess(...line.split(" "));
    expect([status, stderr]).toEqual([2, expect.stringMatching(message)]);
  });

  it("takes the closest word, if one is close", () => {
    expect(didYouMean("jumpreul", ["relu", "jumprelu"])).toBe("; did you mean jumprelu?");
    expect(didYouMean("x", ["relu", "jumprelu"])).toBe("");
    expect(didYouMean("", ["relu"])).toBe("");
  });
});

describe("impossible settings of bench", { timeout: 60_000 }, () => {
  const settings = [
    "n=0",
    "n=1.5",
    "nP=1",
    "nP=0",
    "nQ=0",
    "nQ=1e12",
    "k=10000",
    "k=0",
    "k=2.5",
    "ks=3,2",
    "ks=0",
    "ks=,",
  ];
  const more = [
    "maxInterference=0",
    "maxInterference=1",
    "maxInterference=-1",
    "batchSize=0",
    "sparsity=2",
    "sparsity=1",
  ];
  const rest = [
    "lr=0",
    "lr=-1",
    "heldOut=0",
    "samples=0",
    "anchors=0",
    "anchors=97",
    "strength=-1",
    "warmup=-1",
    "steps=0",
  ];
  const odd = [
    "relu.l1=-1",
    "relu.l1Ramp=2",
    "jumprelu.bandwidth=0",
    "jumprelu.theta=-1",
    "weightDecay=-1",
    "toString=1",
  ];
  it.each([
    ...settings,
    ...more,
    ...rest,
    ...odd,
    "__proto__=1",
    "relu.constructor=1",
    "valueOf.k=1",
    "topk.k.x=1",
    "=1",
    "n",
  ])("--set %s is refused before any work", async (set) => {
    const { status, stderr } = await inProcess("bench", "--preset", "quick", "--out", "/nowhere/at/all", "--set", set);
    expect([status, stderr]).toEqual([2, expect.stringMatching(/^monosema: --set/)]);
    expect(stderr.trim().split("\n")).toHaveLength(1);
  });

  it("are refused too where only the search for features shows it", async () => {
    const quick = ["bench", "--preset", "quick", "--backend", "reference", "--quiet", "--set", "n=40", "--set", "nP=8"];
    const { status, stderr } = await inProcess(...quick, "--set", "anchors=1", "--set", "maxInterference=0.01");
    expect([status, stderr]).toEqual([2, expect.stringMatching(/^monosema: --set: .*40 features in 8 dimensions/)]);
  });
});

describe("text for people", () => {
  it("has metrics with four digits and aligned names", () => {
    const text = metricsText({
      fvu: 0.123456789,
      deadFraction: 0,
      samples: 1234567,
      decoder: { mip: 1 / 3 },
      none: null,
    });
    expect(text.split("\n")).toEqual([
      "fvu           0.1235",
      "deadFraction  0",
      "samples       1234567",
      "decoder       mip 0.3333",
      "none          n/a",
    ]);
  });

  it("is broken at spaces", () => {
    expect(wrapped("one two three four", 9, "  ")).toEqual(["one two", "  three", "  four"]);
    expect(wrapped("incomprehensibilities", 9)).toEqual(["incomprehensibilities"]);
  });

  it("names options where a library names its arguments", () => {
    expect(atCommandLine("conic: raise limits.conic")).toBe("conic: raise it with --limit conic=N");
    expect(
      atCommandLine("train: gradient became NaN; lower the learning rate, clip gradients, or check the data"),
    ).toBe("gradient became NaN; lower --lr, limit the gradients with --clip, or check the data");
  });
});
