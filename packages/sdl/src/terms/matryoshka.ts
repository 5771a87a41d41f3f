import * as z from "zod/mini";
import { kindOf, kindsThat } from "../activations/table.js";
import { coefficient, type Keys, positive, size } from "../schema.js";
import type { SdlSpec } from "../spec.js";
import type { TermKind } from "./kind.js";

/** Matryoshka by rank (paper eq. 9): sum_j weight_j R(x - decode(TopK_{k_j})). */
export interface MultiKTerm {
  /** Discriminant. */
  readonly kind: "multiK";
  /** Ascending; the last one is the activation's k. */
  readonly ks: readonly number[];
  /** Default 1/m each. */
  readonly weights?: readonly number[];
}

/** Matryoshka by latent index: sum_j weight_j R(x - decode of the first width_j latents). */
export interface PrefixTerm {
  /** Discriminant. */
  readonly kind: "prefix";
  /** Ascending; the last one is Q. */
  readonly widths: readonly number[];
  /** Default 1/m each. */
  readonly weights?: readonly number[];
}

const someOf = (item: z.ZodMiniType<number>): z.ZodMiniType<number[]> => z.array(item).check(z.minLength(1));
const weights = z.exactOptional(someOf(coefficient));
const multiK = { kind: z.literal("multiK"), ks: someOf(positive), weights } satisfies Keys<MultiKTerm>;
const prefix = { kind: z.literal("prefix"), widths: someOf(size), weights } satisfies Keys<PrefixTerm>;

/** Matryoshka: levels of the reconstruction, not a term of its own. */
export const matryoshka: TermKind<MultiKTerm | PrefixTerm> = {
  schema: z.discriminatedUnion("kind", [z.strictObject(multiK), z.strictObject(prefix)]),
  *requirements(options, { activation, nQ }) {
    const levels = levelsOf(options);
    const key = options.kind === "multiK" ? "ks" : "widths";
    const isAscending = levels.every((v, i) => i === 0 || v > (levels[i - 1] as number));
    yield [isAscending, `matryoshka.${key} must ascend`, levels, "sort them, without repetition"];
    if (options.kind === "multiK") {
      const kind = kindOf(activation);
      const k = kind.nests ? kind.count?.(activation) : undefined;
      const nesting = kindsThat(({ nests }) => nests === true);
      yield [kind.nests === true, `multiK needs the ${nesting} activation`, activation.kind, "use prefix"];
      const last = `the last of matryoshka.ks must be the activation's k = ${k}`;
      yield [levels.at(-1) === k, last, levels, "make them equal"];
    } else {
      yield [levels.at(-1) === nQ, `the last of matryoshka.widths must be nQ = ${nQ}`, levels, "end with nQ"];
    }
    yield [
      options.weights === undefined || options.weights.length === levels.length,
      `matryoshka.weights must hold one weight per level, ${levels.length}`,
      options.weights?.length,
      "leave them out for 1/m each",
    ];
  },
};

/** Weights of the levels of the reconstruction; `[1]` without Matryoshka. */
export function levelWeights({ terms }: SdlSpec): readonly number[] {
  if (terms.matryoshka === undefined) return [1];
  const { length } = levelsOf(terms.matryoshka);
  return terms.matryoshka.weights ?? new Array<number>(length).fill(1 / length);
}

const levelsOf = (options: MultiKTerm | PrefixTerm): readonly number[] =>
  options.kind === "multiK" ? options.ks : options.widths;
