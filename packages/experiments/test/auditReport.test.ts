import { expect, it } from "vitest";
import { type AuditDocument, auditReport } from "../src/report.js";

const document: AuditDocument = {
  command: "audit",
  version: "0.0.0",
  backend: { name: "simd", detail: "", threads: 2 },
  seconds: 3,
  warnings: ["a warning"],
  out: "/runs/audit",
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
  certificates: "/runs/audit/certificates.safetensors",
};

it("shows verdict, plots, findings by kind with their proofs, and what is not known, escaped", () => {
  const page = auditReport(document, [0, 0.5, 0.01, 0.001]);
  expect(page).toContain("40 latents, 1 of them dead. 2,000 samples were read.");
  expect(page).toContain("no features &lt;given&gt;");
  expect(page).toContain('aria-label="Firing rates"');
  expect(page).toContain("1 never are");
  expect(page).toContain('aria-label="Mixed latents"');
  expect(page).toMatch(/<td>3<\/td><td class="wrap">fires on 2 features<\/td><td>proved<\/td>/);
  expect(page).toContain("which parent a child absorbs");
  expect(page).toContain("the gates are thresholds");
  expect(page).toContain("a warning");
  expect(page).not.toMatch(/(?:src|href)="http/);
});

it("leaves out the plots that have nothing to show", () => {
  const page = auditReport({ ...document, samples: 0, findings: [], certificates: null }, null);
  expect(page).not.toContain("<figure");
  expect(page).toContain("40 latents");
});
