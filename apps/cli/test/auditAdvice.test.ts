import { auditSummary, type ModelAudit } from "@monosema/audit";
import {
  type Activation,
  activationDefaults,
  activationNames,
  crosscoder,
  crosslayer,
  type SdlSpec,
  sae,
  transcoder,
} from "@monosema/sdl";
import { describe, expect, it } from "vitest";
import { audit } from "../src/commands/audit.js";
import { compare } from "../src/commands/compare.js";
import { encode } from "../src/commands/encode.js";
import { features } from "../src/commands/features.js";
import { info } from "../src/commands/info.js";
import { train } from "../src/commands/train.js";
import { commonOptions, parseOptions } from "../src/options.js";
import { specFrom } from "../src/train/spec.js";

const commands = { audit, compare, encode, features, info, train };
const [nP, nQ] = [32, 96];

/** Every kind of dictionary that there is. */
const specs: readonly (readonly [name: string, spec: SdlSpec])[] = [
  ...activationNames.map((kind) => [kind, sae({ nP, nQ, ...activationDefaults(kind, nQ) })] as const),
  ["transcoder", transcoder({ nP, nR: nP, nQ, skip: true, ...activationDefaults("relu", nQ) })],
  ["crosscoder", crosscoder({ sources: [16, 16], nQ, ...activationDefaults("topk", nQ) })],
  ["crosslayer", crosslayer({ sources: [10, 12, 10], nQ, ...activationDefaults("topk", nQ) })],
];

/** Dictionaries that want every piece of advice. */
const cases: readonly Partial<Case>[] = [
  {},
  { samples: 0 },
  { samples: 50 },
  { fvu: 1e9 },
  { fvu: 0.5 },
  { fvu: 0.5, dead: 60 },
  { dead: 60 },
  { rate: 0.5 },
  { score: 0.1 },
  { score: 0.4, encoderShare: 0.9 },
  { replicas: 2 },
];

interface Case {
  readonly samples: number;
  readonly fvu: number;
  readonly dead: number;
  readonly rate: number;
  readonly score: number;
  readonly encoderShare: number;
  readonly replicas: number;
}

function audited(spec: SdlSpec, given: Partial<Case>): ModelAudit {
  const { samples = 5000, fvu = 0.1, dead = 0, rate = 0.01, score = 0.9, encoderShare = 0, replicas = 0 } = given;
  const scores = new Float64Array(nQ).fill(Number.NaN, 0, dead).fill(score, dead);
  const trust = { real: scores, atomic: scores, fewest: 8, outside: 0, replicas, statistics: {} };
  const quality = { encoderShare, supportJaccard: 0.5, reconstructionAgreement: 0.5, fvuInference: {} };
  return {
    ...{ spec, samples, latents: nQ, duplicates: [], composites: null },
    dead: Array.from({ length: dead }, (_, latent) => latent),
    firingRates: samples === 0 ? null : new Float64Array(nQ).fill(rate),
    findings: samples === 0 ? [] : [{ kind: "reconstruction", summary: "", evidence: { fvu, l0: 4 } }],
    trust: samples === 0 ? null : trust,
    inference: { quality, determination: null, distance: { observed: null, bound: null } },
  } as unknown as ModelAudit;
}

describe("what an audit advises", () => {
  it.each(specs)("is made of commands and options that exist, in combinations that train takes: %s", (_, spec) => {
    const names = { checkpoint: "model", data: "data.npy", target: "target.npy", replicas: ["other"] };
    for (const given of cases) {
      const { next } = auditSummary(audited(spec, given), names);
      expect(next.length, JSON.stringify(given)).toBeGreaterThan(0);
      expect(next.length).toBeLessThanOrEqual(4);
      for (const line of next) {
        const [monosema, name, ...args] = (line.split("  # ")[0] as string).split(" ");
        expect(monosema).toBe("monosema");
        const command = commands[name as keyof typeof commands];
        const parsed = parseOptions(name as string, { ...command.options, ...commonOptions }, args);
        expect(parsed.positionals.length).toBeGreaterThanOrEqual(command.positionals.length);
        if (name !== "train") continue;
        const targetWidths = parsed.texts("target").length === 0 ? [] : [nP];
        const asked = specFrom(parsed, { widths: [nP], targetWidths });
        expect([asked.variant, asked.activation.kind]).toEqual([spec.variant, (spec.activation as Activation).kind]);
      }
    }
  });
});
