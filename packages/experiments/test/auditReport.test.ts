import type { LatentRecord } from "@monosema/audit";
import { expect, it } from "vitest";
import { type AuditDocument, auditReport } from "../src/report.js";

const document: AuditDocument = {
  command: "audit",
  version: "0.0.0",
  backend: { name: "simd", detail: "", threads: 2 },
  seconds: 3,
  warnings: ["a warning"],
  out: "/runs/audit",
  summary: {
    grade: "usable",
    sentences: ["It explains <most>.", "39 of 40 latents are alive."],
    next: ["monosema encode /secret/a --data '/secret place/b c.npy'  # codes of your samples"],
    codes: ["That is not guaranteed."],
  },
  quality: {
    ...{ fvu: 0.1, fvuInference: { omp: null, nnls: null }, supportJaccard: null },
    ...{ dead: 1, dense: 0, duplicates: 0, composites: null },
  },
  latents: 40,
  dead: 1,
  deadLatents: [7],
  samples: 2000,
  verdict: { verdict: "undecided", reason: "no features <given>" },
  findings: [
    { kind: "dead", latent: 7, summary: "silent", evidence: {} },
    {
      kind: "polysemantic",
      latent: 3,
      summary: "fires on 2 features",
      evidence: { mixed: 0.4 },
      certificate: { kind: "realization", id: 0 },
    },
    { kind: "polysemantic", latent: 5, summary: "fires on 3 features", evidence: { mixed: 0.2 } },
    { kind: "coherence", summary: "decoder: coherence 0.9", evidence: { mu: 0.9 } },
  ],
  undecided: ["which parent a child absorbs"],
  inference: null,
  assumptions: ["the gates are thresholds"],
  certificates: "/secret/audit/certificates.safetensors",
  latentsFile: "/secret/audit/latents.json",
  surrogate: {
    ...{ kind: "gaussian", steps: 700, lr: 0.003, batchSize: 64, rows: 4321, fvu: 0.875, l0: 4 },
    own: { scored: 31, real: 21, atomic: 11, score: 0.625 },
    twin: { scored: 29, real: 1, atomic: 0, score: 0.0625 },
  },
  trust: {
    ...{ samples: 2000, fewest: 8, replicas: 0, outside: 0.01, outsideBy: [] },
    calibration: { settings: 10, latents: 5000, seed: 0 },
  },
};

const latent = (place: number, score: number | null, rate: number): LatentRecord => ({
  ...{ latent: place, grade: score === null ? "dead" : "doubtful", score, atomic: score, rate },
  reasons: score === null ? [] : ["for: stands <apart>"],
});
const latents = [latent(0, null, 0), latent(1, 0.5, 0.5), latent(2, 0.3, 0.01), latent(3, 0.7, 0.001)];

it("opens with the grade, sentences and commands, then shows latents by grade, escaped", () => {
  const page = auditReport(document, latents);
  const order = [
    "This dictionary is usable.",
    "It explains &lt;most&gt;.",
    "What to do next",
    "Latents by grade",
    "is proved",
  ];
  const places = order.map((text) => page.indexOf(text));
  expect(places).toEqual(places.toSorted((a, b) => a - b));
  expect(places).not.toContain(-1);
  expect(page).toContain("<li>codes of your samples<pre>monosema encode a --data &#39;b c.npy&#39;</pre></li>");
  expect(page).toMatch(/<th class="first">doubtful<\/th><td>3<\/td>/);
  expect(page).toContain("for: stands &lt;apart&gt;");
  expect(page).toContain("calibrated on 5,000 generated latents");
});

it("draws a dot for each scored latent that stands alone, and a bar for each range of scores", () => {
  const page = auditReport(document, latents);
  const figure = (name: string): string => new RegExp(`aria-label="${name}".*?</figure>`, "s").exec(page)?.[0] ?? "";
  expect(figure("Score and rate").match(/<circle /g)).toHaveLength(3);
  expect(figure("Scores").match(/<rect /g)).toHaveLength(3);
});

it("puts codes by other ways beside those of the encoder", () => {
  const quality = {
    ...{ rows: 900, of: 2000, l0: 4, fvu: 0.1, fvuInference: { omp: 0.08, nnls: 0.09, best: 0.07 }, encoderShare: 0.3 },
    ...{ supportJaccard: 0.43, supportJaccardNnls: { encoder: 0.5, omp: 0.6 }, reconstructionAgreement: 0.9 },
  };
  const inference = { quality, determination: null, ownDetermination: null, distance: { observed: null, bound: null } };
  const page = auditReport({ ...document, inference }, latents);
  expect(page).toContain("That is not guaranteed.");
  expect(page).toMatch(/<th class="first">matching pursuit<\/th><td>0\.080<\/td><td>0\.430<\/td>/);
});

it("shows verdict, plots, findings by kind with their proofs, and what is not known, escaped", () => {
  const page = auditReport(document, latents);
  expect(page).toContain("no features &lt;given&gt;");
  expect(page).toContain('aria-label="Firing rates"');
  expect(page).toContain("1 never are");
  expect(page).toContain('aria-label="Mixed latents"');
  expect(page).toMatch(/<td>3<\/td><td class="wrap">fires on 2 features<\/td><td>proved<\/td>/);
  expect(page).toContain("which parent a child absorbs");
  expect(page).toContain("the gates are thresholds");
  expect(page).toContain("a warning");
  expect(page).not.toContain("secret");
  expect(page).not.toMatch(/(?:src|href)="http/);
});

it("sets the scores of a twin beside those of the dictionary", () => {
  const page = auditReport(document, latents);
  expect(page).toMatch(/its twin<\/th><td>1 of 29<\/td><td>0<\/td>/);
  expect(page).toContain("700 steps on 4,321 samples");
  expect(auditReport({ ...document, surrogate: null }, latents)).not.toContain("its twin");
});

it("leaves out the plots that have nothing to show", () => {
  const none = { samples: 0, findings: [], certificates: null, trust: null };
  const summary = { ...document.summary, grade: null, next: [] };
  const page = auditReport({ ...document, ...none, summary }, null);
  expect(page).not.toContain("<figure");
  expect(page).not.toContain("What to do next");
  expect(page).toContain("This dictionary has no grade.");
});
