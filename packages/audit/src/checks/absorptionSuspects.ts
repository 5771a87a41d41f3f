import { addScaled, dot, norm, row } from "@monosema/numerics";
import { type AuditFinding, type AuditPart, capped, leave, nothing } from "../finding.js";
import type { AuditSubject } from "../subject/auditSubject.js";

/** Cosine from which two latents are one direction, not parent and child. */
const SAME = 0.99;
/** How much one latent must inhibit the other, relative to its own drive. */
const INHIBITS = 0.1;
/** Co-activations, relative to what independence predicts, at most. */
const RARELY = 0.1;
/** Fewest co-activations that independence must predict. */
const EXPECTED = 10;

/**
 * Pairs of latents that look like absorption without true features: their decoders overlap, yet one inhibits the other's encoder and
 * they hardly ever fire together. Whether they are parent and child, the data cannot say. Models with inputs and targets of different
 * spaces are left out.
 */
export function absorptionSuspects({ model, pairs, statistics, limits }: AuditSubject): AuditPart {
  if (statistics === null) return nothing;
  if (!model.sameSpace)
    return leave("absorption on samples: the encoder does not read the space that the decoder writes");
  const { encoder, decoder } = model.plain;
  const { similar, above } = pairs;
  const { samples, active, coactive } = statistics;
  // How much the part of the other decoder that is not along the main one inhibits the main latent.
  const inhibition = (main: number, other: number): number => {
    const [reads, writes] = [row(encoder, main), row(decoder, main)];
    const own = row(decoder, other).slice();
    addScaled(own, writes, -dot(own, writes) / dot(writes, writes));
    const drive = dot(reads, writes) / norm(writes);
    return drive > 0 && norm(own) > 0 ? -dot(reads, own) / (norm(own) * drive) : 0;
  };
  const findings = similar.flatMap(({ first, second, cosine }, pair): AuditFinding[] => {
    const expected = ((active[first] as number) * (active[second] as number)) / samples;
    const together = coactive[pair] as number;
    if (cosine > SAME || expected < EXPECTED || together > RARELY * expected) return [];
    return [
      [first, second],
      [second, first],
    ].flatMap(([main, other]): AuditFinding[] => {
      const encoderSuppression = inhibition(main as number, other as number);
      if (encoderSuppression < INHIBITS) return [];
      return [
        {
          kind: "absorption-suspect",
          latent: main as number,
          summary: `latent ${other} writes a similar direction, inhibits it, and fires almost never with it`,
          evidence: {
            other: other as number,
            decoderCosine: cosine,
            encoderSuppression,
            activeTogether: together,
            expectedTogether: expected,
          },
        },
      ];
    });
  });
  const listed = capped(findings, limits.findings);
  const rest = above - similar.length;
  return {
    findings: listed.findings,
    undecided: [
      ...listed.undecided,
      ...(rest > 0 ? [`co-activation of ${rest} more pairs with overlapping decoders: raise limits.pairs`] : []),
    ],
  };
}
