import type { Mat } from "@monosema/numerics";
import { type Backend, random } from "@monosema/tensor";
import { type AuditPart, leave } from "../finding.js";
import { type InferenceAudit, inferenceAudit } from "./inferenceAudit.js";
import { inferenceFindings } from "./inferenceFindings.js";
import type { KeptRow, RowReservoir } from "./rowReservoir.js";

/** What an audit takes of {@link InferenceAudit}. */
export interface InferencePart extends AuditPart {
  /** Null where it was left out. */
  readonly inference: InferenceAudit | null;
}

/** Most samples on which other inferences run. */
const MOST = 2048;
/** Fewest samples on which anything is said of a longer stream. */
const FEWEST = 32;
/** Multiplications of the search, by the kernels of a backend, in the time of one on the host. */
const HOST = 32;

/**
 * Compares the encoder with other inferences on as many of the kept samples as the limit allows.
 *
 * @param decoder - `[Q, R]`
 * @param limit - multiplications of the search
 * @param seed - of the drawing of samples and supports
 */
export async function inferencePart(
  backend: Backend,
  decoder: Mat,
  reservoir: RowReservoir,
  limit: number,
  seed: number,
): Promise<InferencePart> {
  const [kept, of] = [reservoir.kept(), reservoir.seen()];
  const l0 = kept.reduce((total, { latents }) => total + latents.length, 0) / kept.length;
  const count = Math.min(kept.length, MOST, Math.floor(limit / searchWork(decoder, l0)));
  if (count < Math.min(FEWEST, kept.length)) {
    const left = `what other inferences make of the decoder: a search for ${l0.toPrecision(3)} active latents per sample is left out: raise limits.inference`;
    return { ...leave(left), inference: null };
  }
  const drawn = random(seed, "inference").permutation(kept.length).subarray(0, count).sort();
  const rows = Array.from(drawn, (at) => kept[at] as KeptRow);
  const inference = await inferenceAudit(backend, decoder, rows, of, seed);
  return { findings: inferenceFindings(inference), undecided: [], inference };
}

/** Multiplications of a sample's search: inner products with all latents for each active one, and the fits on the host. */
const searchWork = ({ rows, cols }: Mat, l0: number): number => Math.max(1, l0) * cols * (rows + HOST * l0);
