import { expect, it } from "vitest";
import { type CompareDocument, compareReport } from "../src/report.js";

const match = (cosine: number, codeCorrelation: number | null) => ({
  ...{ checkpoint: "/runs/b/", latent: 1, cosine, oneToOne: 1, oneToOneCosine: cosine, codeCorrelation, kappa: null },
});

const document: CompareDocument = {
  command: "compare",
  version: "0.0.0",
  backend: { name: "simd", detail: "", threads: 2 },
  seconds: 3,
  warnings: ["a warning"],
  out: "/runs/compare",
  dictionaries: [
    { checkpoint: "/secret/<a>", variant: "sae", activation: "topk", latents: 4000, live: 3000 },
    { checkpoint: "/runs/b/", variant: "sae", activation: "relu", latents: 2, live: 2 },
  ],
  threshold: 0.85,
  samples: 1200,
  summary: { replicated: 0.4, replicatedLatents: 1200, meanCosine: 0.7, mcc: 0.6, codeCorrelation: 0.5 },
  comparisons: [
    {
      ...{ checkpoint: "/runs/b/", replicated: 0.4, replicatedLatents: 1200, foundInFirst: 2, meanCosine: 0.71 },
      ...{ mcc: 0.61, codeCorrelation: 0.52, replicatedCodeCorrelation: null, kappa: null },
      splits: Array.from({ length: 30 }, (_, latent) => ({ latent, parts: [0, 1], weights: [0.7, 0.6], cosine: 0.93 })),
      merges: [],
      chance: { meanCosine: 0.2, mcc: 0.2, replicated: 0, sums: 0 },
    },
  ],
  mcc: [
    [1, 0.61],
    [0.61, 1],
  ],
  latents: [
    { latent: 0, live: true, matches: [match(1, 0.9)], replicated: true },
    { latent: 1, live: true, matches: [match(0.3, -0.25)], replicated: false },
    { latent: 2, live: false, matches: [match(0, 0)], replicated: false },
  ],
};

it("shows what comes back, plots of live latents, pairwise MCC and sums, escaped and without folders", () => {
  const page = compareReport(document);
  expect(page).toContain("1,200 of the 3,000 live latents of A: &lt;a&gt; come back in the other dictionary");
  expect(page).toContain("a cosine above 0.85 to theirs. Codes were compared on 1,200 samples.");
  expect(page).toContain('aria-label="Cosines: B: b"');
  expect(page).toContain('aria-label="Cosines and codes: B: b"');
  expect(page).toMatch(/<th class="first">A: &lt;a&gt;<\/th><td>1\.000<\/td><td>0\.610<\/td>/);
  expect(page).toContain("Splits: latents of A: &lt;a&gt; that B: b holds in several (30)");
  expect(page).toContain("0.70 × 0 + 0.60 × 1");
  expect(page).toContain("5 more in the JSON document.");
  expect(page).not.toContain("Merges");
  expect(page).not.toContain("secret");
  expect(page).toContain("a warning");
  expect(page).not.toMatch(/(?:src|href)="http/);
});

it("draws a bar for each range of cosines that live latents have", () => {
  const histogram = /aria-label="Cosines: B: b".*?<\/figure>/s.exec(compareReport(document))?.[0] ?? "";
  expect(histogram.match(/<rect /g)).toHaveLength(2);
});

it("leaves the codes out where no samples were read", () => {
  const latents = document.latents.map((latent) => ({
    ...latent,
    matches: latent.matches.map((own) => ({ ...own, codeCorrelation: null })),
  }));
  const page = compareReport({ ...document, samples: 0, latents });
  expect(page).not.toContain("Cosines and codes");
  expect(page).not.toContain("Codes were compared");
});
