import { type SdlSpec, transcodes } from "@monosema/sdl";

/** How commands name what was audited. */
export interface AuditNames {
  /** The checkpoint. */
  readonly checkpoint: string;
  /** The samples. */
  readonly data: string;
  /** Targets of a transcoder. */
  readonly target: string;
  /** Multiple of the median norm above which rows were left out; absent where none were. */
  readonly maxNorm?: number;
  /** Other dictionaries that the latents were looked for in. */
  readonly replicas: readonly string[];
}

/** Options of `monosema train` by name, without dashes. */
export type TrainOptions = Readonly<Record<string, string | number>>;

/** The command that trains such a dictionary anew, with some options changed. */
export function trainCommand(spec: SdlSpec, { data, target, maxNorm }: AuditNames, changes: TrainOptions): string {
  const { variant, sources, layers, activation, nQ, terms, skip } = spec;
  const options: Readonly<Record<string, string | number | undefined>> = {
    data,
    target: transcodes(spec) ? target : undefined,
    "max-norm": maxNorm,
    variant: sources || layers ? variant : undefined,
    sources: (sources ?? layers?.map(({ nP }) => nP))?.join(","),
    targets: layers?.map(({ nR }) => nR).join(","),
    activation: activation.kind,
    latents: nQ,
    k: "k" in activation ? activation.k : undefined,
    l1: terms.l1?.coefficient,
    l0: terms.l0?.coefficient,
    ...changes,
  };
  const named = Object.entries(options).flatMap(([name, value]) => (value === undefined ? [] : [`--${name} ${value}`]));
  return ["monosema train", ...named, ...(skip ? ["--skip"] : [])].join(" ");
}

/** Options for a multiple of the active latents, or of the sparsity that is asked for; none where that cannot be said. */
export function sparserBy(factor: number, { activation, terms, nQ }: SdlSpec): TrainOptions | null {
  if (activation.kind === "groupmax") return null; // its groups have to divide the latents
  if ("k" in activation) {
    const k = Math.min(nQ, Math.max(1, Math.round(activation.k / factor)));
    return k === activation.k ? null : { k };
  }
  for (const name of ["l0", "l1"] as const) {
    const coefficient = terms[name]?.coefficient;
    if (coefficient) return { [name]: Number((coefficient * factor).toPrecision(2)) };
  }
  return null;
}

/** Latents to train for as many that are worth it, a quarter more: whole groups of the activation, as many in each layer. */
export function enoughLatents(worth: number, { activation, layers = [] }: SdlSpec): number {
  const group = (activation.kind === "groupmax" ? activation.k : 8) * Math.max(1, layers.length);
  return Math.max(group, Math.ceil((1.25 * worth) / group) * group);
}

/** ` --max-norm R` where rows were left out. */
export const normOption = ({ maxNorm }: AuditNames): string => (maxNorm === undefined ? "" : ` --max-norm ${maxNorm}`);

/** ` --target FILE` for a transcoder, which has to be given its targets. */
export const targetOption = (spec: SdlSpec, target: string): string => (transcodes(spec) ? ` --target ${target}` : "");
