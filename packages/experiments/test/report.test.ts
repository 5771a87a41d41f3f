import { parseHTML } from "linkedom";
import { describe, expect, it } from "vitest";
import type { BenchDocument } from "../src/records.js";
import { benchReport } from "../src/report/benchReport.js";
import { groupRows } from "../src/report/groups.js";
import { recoveryCurve } from "../src/report/plots/recoveryCurves.js";
import { meanCurve } from "../src/report/plots/trainingCurves.js";
import { trainReport } from "../src/report/trainReport.js";
import { sampleDocument, sampleTraining } from "./reportSample.js";

/** The little of the DOM that these tests read. */
interface Node {
  readonly textContent: string;
  readonly outerHTML: string;
  getAttribute(name: string): string | null;
  querySelectorAll(selector: string): Iterable<Node>;
}

const open = (html: string): Node => (parseHTML(html) as unknown as { document: Node }).document;
const all = (node: Node, selector: string): Node[] => [...node.querySelectorAll(selector)];
const texts = (node: Node, selector: string): string[] => all(node, selector).map(({ textContent }) => textContent);

/** Void elements, and everything else closed in the order in which it was opened. */
function unbalanced(html: string): string[] {
  const stack: string[] = [];
  const wrong: string[] = [];
  for (const [, close, name, empty] of html.matchAll(/<(\/?)([a-zA-Z][\w-]*)(?:"[^"]*"|[^">])*?(\/?)>/g)) {
    if (empty === "/" || name === "meta") continue;
    if (close !== "/") stack.push(name as string);
    else if (stack.pop() !== name) wrong.push(name as string);
  }
  return [...wrong, ...stack];
}

const reports: readonly (readonly [string, string])[] = [
  ["the default benchmark", benchReport(sampleDocument())],
  ["several seeds in 3 dimensions", benchReport(sampleDocument({ seeds: 3, dimensions: 3 }))],
  ["a hard preset", benchReport(sampleDocument({ hard: true, anchors: ["none", "frequent"] }))],
  ["2 dimensions", benchReport(sampleDocument({ dimensions: 2, methods: ["topk"] }))],
  ["training", trainReport(sampleTraining())],
];

describe.each(reports)("the report of %s", (_, html) => {
  it("is well formed", () => {
    expect(unbalanced(html)).toEqual([]);
    expect(texts(open(html), "h1")).toHaveLength(1);
  });

  it("asks for nothing from outside and names no folder", () => {
    expect(html.replaceAll("http://www.w3.org/2000/svg", "")).not.toMatch(/https?:|src=|@import|url\(|<script|<link/);
    expect(html).not.toContain("/home/");
  });

  it("prints no undefined, NaN or object", () => {
    expect(html).not.toMatch(/undefined|NaN|\[object/);
  });

  it("names every figure and gives every table heading a scope", () => {
    const document = open(html);
    for (const svg of all(document, "svg")) expect(svg.getAttribute("aria-label")).toBeTruthy();
    const headings = all(document, "th").filter(({ textContent }) => textContent !== "");
    for (const heading of headings) expect(heading.getAttribute("scope")).toBeTruthy();
  });
});

describe("benchReport", () => {
  it("has a row for each method and kind of anchors, with its figures", () => {
    const document = open(benchReport(sampleDocument()));
    const rows = all(document, "tbody tr");
    expect(rows).toHaveLength(14);
    expect(texts(document, "tbody th").slice(0, 4)).toEqual(["ReLU", "ReLU", "JumpReLU", "JumpReLU"]);
    const fvu = texts(document, "thead tr:nth-child(2) th").indexOf("fvu") + 1;
    expect(texts(rows[2] as Node, "td")[fvu]).toBe("0.020");
  });

  it("writes the mean and the sample standard deviation over seeds", () => {
    const document = open(benchReport(sampleDocument({ seeds: 3, methods: ["relu"], anchors: ["none"] })));
    const fvu = texts(document, "thead tr:nth-child(2) th").indexOf("fvu") + 1;
    // fvu .016, .017, .018: mean .017, sample standard deviation .001.
    expect(texts(document, "tbody td")[fvu]).toBe("0.017±0.001");
  });

  it("escapes names, warnings and versions", () => {
    const nasty = `<img src=x onerror="alert(1)">&'`;
    const base = sampleDocument({ methods: [nasty], anchors: ["none", nasty], dimensions: 2 });
    const document: BenchDocument = { ...base, preset: nasty, version: nasty, warnings: [nasty] };
    const html = benchReport(document);
    expect(unbalanced(html)).toEqual([]);
    const page = open(html);
    expect(texts(page, "tbody th")).toEqual([nasty, nasty]);
    expect(texts(page, ".warnings li")).toEqual([nasty]);
    expect(texts(page, "svg title")).toContain(nasty);
    expect(all(page, "img")).toEqual([]);
  });

  it("states the pinning caveat exactly where discovered anchors are shown", () => {
    expect(benchReport(sampleDocument({ anchors: ["none", "discovered"] }))).toContain("pinned to directions");
    expect(benchReport(sampleDocument({ anchors: ["none", "truth"] }))).not.toContain("pinned to directions");
  });

  it("shows directions only where rows carry them", () => {
    expect(texts(open(benchReport(sampleDocument({ dimensions: 3 }))), "h2")).toContain("Directions");
    expect(texts(open(benchReport(sampleDocument())), "h2")).not.toContain("Directions");
  });

  it("begins with the conclusion, word by word", () => {
    const document = sampleDocument({ hard: true, anchors: ["none", "frequent"] });
    const page = open(benchReport(document));
    expect(document.conclusion.length).toBeGreaterThan(3);
    expect(texts(page, "h2")[0]).toBe("Conclusion");
    expect(texts(page, "section:first-of-type li")).toEqual(document.conclusion);
  });

  it("explains every column below the table, without pointing", () => {
    for (const hard of [true, false]) {
      const page = open(benchReport(sampleDocument({ hard })));
      const headings = texts(page, "thead th").filter((text) => text !== "");
      const explained = texts(page, "dl.facts dt").join(" ");
      for (const heading of headings.filter((text) => !["method", "anchors"].includes(text)))
        expect(explained).toContain(heading);
      expect(all(page, "abbr")).toEqual([]);
    }
  });

  it("shows what the latents are and which rates are found, on data of different rates only", () => {
    const hard = benchReport(sampleDocument({ hard: true, methods: ["topk"], anchors: ["none"] }));
    expect(texts(open(hard), "h2")).toEqual(expect.arrayContaining(["Latents", "Features by firing rate"]));
    expect(hard).toContain("TopK: composite 0.100");
    const plain = texts(open(benchReport(sampleDocument())), "h2");
    expect(plain).not.toContain("Latents");
    expect(plain).not.toContain("Features by firing rate");
  });

  it("holds a document without rows", () => {
    expect(unbalanced(benchReport({ ...sampleDocument({ hard: true }), rows: [], conclusion: [] }))).toEqual([]);
    expect(unbalanced(benchReport({ ...sampleDocument(), rows: [] }))).toEqual([]);
  });

  it("gives the same text for the same document", () => {
    expect(benchReport(sampleDocument())).toBe(benchReport(sampleDocument()));
  });
});

describe("recoveryCurve", () => {
  const group = (bestCosines: readonly number[]) => {
    const document = sampleDocument({ methods: ["topk"], anchors: ["none"] });
    return groupRows(document.rows.map((row) => ({ ...row, bestCosines })))[0] as ReturnType<typeof groupRows>[number];
  };

  it("never rises and counts strictly above the threshold", () => {
    const points = recoveryCurve(group([0.2, 0.5, 0.5, 1]), 0);
    expect(points.every(([, share], i) => i === 0 || share <= (points[i - 1]?.[1] as number))).toBe(true);
    const at = (tau: number): number => points.find(([x]) => x === tau)?.[1] as number;
    expect([at(0), at(0.5), at(1)]).toEqual([1, 0.25, 0]);
  });
});

it("a training says what it was trained on", () => {
  const page = trainReport(sampleTraining());
  for (const fact of [
    "<dd>activations.npy (sha256 0a1b2c3d4e5f)",
    "SmolLM2-135M, blocks.14.hook_resid_post",
    "23,971, 29 of extreme norm left out",
    "2 (classMeans): cat, dog",
  ]) {
    expect(page).toContain(fact);
  }
});

it("a training of a cross-layer transcoder names its layers and every target", () => {
  const { spec, data, ...rest } = sampleTraining();
  const layers = [0, 1].map(() => ({ nP: spec.nP / 2, nR: spec.nR / 2, nQ: spec.nQ / 2 }));
  const target = ["first.npy", "second.npy"].map((path) => ({ ...(data[0] as (typeof data)[number]), path }));
  const page = trainReport({ ...rest, data, target, spec: { ...spec, variant: "crosslayer", layers } });
  expect(page).toContain("A cross-layer transcoder of 2 layers from");
  for (const { path } of target) expect(page).toContain(`<dd>${path}`);
});

describe("the metrics of a training", () => {
  it("stand for all rows and for those held out, side by side, with what PCA and the mean leave", () => {
    const page = open(trainReport(sampleTraining()));
    expect(texts(page, "thead th")).toEqual(["", "all 23,971 rows", "1,198 held out"]);
    expect(all(page, "tbody tr").map((row) => [...texts(row, "th"), ...texts(row, "td")])).toEqual([
      ["fvu", "0.0321", "0.0412"],
      ["fvu of 16 principal components", "", "0.213"],
      ["fvu of the mean", "1", "1"],
      ["L0", "15.9", "15.8"],
      ["dead latents", "0.040", "0.070"],
      ["dense latents", "0.010", ""],
    ]);
    expect(texts(page, "p").join(" ")).toContain("A share of 0.041 of the variance of held-out data");
  });

  it("stand alone where nothing was held out", () => {
    const page = open(trainReport({ ...sampleTraining(), heldOut: null }));
    expect(texts(page, "thead th")).toEqual(["", "all 23,971 rows"]);
    expect(texts(all(page, "tbody tr")[1] as Node, "td")).toEqual(["0.213"]);
    expect(texts(page, "p").join(" ")).toContain("A share of 0.032 of the variance of the data");
  });
});

describe("a training without variance to explain", () => {
  it("says so in words", () => {
    const { metrics, curve, ...rest } = sampleTraining();
    const none = { fvu: null, explainedVariance: null };
    const page = trainReport({
      ...rest,
      metrics: { ...metrics, ...none },
      heldOut: null,
      baselines: { pca: { components: 16, fvu: null } },
      curve: curve.map((point) => ({ ...point, fvu: null })),
    });
    expect(page).toContain("The data have no variance to explain");
    expect(page).not.toMatch(/NaN|null/);
  });
});

describe("meanCurve", () => {
  it("averages runs by step in order of steps and leaves out what a logarithm cannot show", () => {
    const run = (fvus: readonly (number | null)[]) =>
      fvus.map((fvu, i) => ({ step: 10 * (i + 1), loss: 1, l0: 1, fvu }));
    expect(meanCurve([run([1, 0.5, Number.NaN]), run([3, 0, null])], ({ fvu }) => fvu)).toEqual([
      [10, 2],
      [20, 0.5],
    ]);
  });
});
