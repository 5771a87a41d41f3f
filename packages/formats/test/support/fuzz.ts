import { type Checkpoint, type Model, openModel, type ReadOptions, readCheckpoint } from "@monosema/sdl";
import {
  bytesSource,
  FormatError,
  openZip,
  type Random,
  random,
  readSafetensors,
  referenceBackend,
  type StoredTensor,
  writeSafetensors,
  writeZip,
} from "@monosema/tensor";
import { mutated } from "../../../tensor/test/support/mutated.js";
import { dictionaryFormats } from "../../src/index.js";
import { memoryFiles } from "./memoryFiles.js";

/** A dictionary whose files are damaged. */
export interface FuzzLayout {
  /** Folder of fixtures/, or a name. */
  readonly name: string;
  /** Its files, where it is no folder. */
  readonly files?: Folder;
  /** What its files do not hold. */
  readonly options?: ReadOptions;
}

/** Files by name. */
export type Folder = Readonly<Record<string, Uint8Array>>;

/** What came of damaged folders. */
export interface FuzzReport {
  /** Folders that were refused with a FormatError, or gave a dictionary that is not wrong. */
  readonly passed: number;
  /** How many of them gave a dictionary. */
  readonly read: number;
  /** A sentence for every other one, with what makes it again. */
  readonly failures: readonly string[];
}

export const fuzzLayouts: readonly FuzzLayout[] = [
  { name: "saelens/jumprelu" },
  { name: "saelens/matching_pursuit_unfolded" },
  { name: "saelens/whitened" },
  { name: "saelens/before_6_topk" },
  { name: "dictionary_learning/matryoshka" },
  { name: "dictionary_learning/gated_backup" },
  { name: "sparsify/groupmax" },
  { name: "sparsify/skip_transcoder" },
  { name: "openmoss/parameters" },
  { name: "openmoss/linear_layers" },
  { name: "circuit_tracer/jump_relu" },
  { name: "crosscode/topk_crosscoder" },
  { name: "crosslayer_coding/tied_by_target" },
  { name: "openai/topk" },
  { name: "gemma_scope/sae" },
  { name: "gemma_scope/affine_transcoder" },
  { name: "weights_alone/mwhanna_transcoder" },
  { name: "weights_alone/qwen_scope", options: { k: 3 } },
  { name: "rf-topk", files: { "sae.safetensors": rfTopK() } },
];

/**
 * Damages a file of a dictionary and reads the folder: number `first` to `first + count - 1` of a seed. What a wrong dictionary is depends
 * on the file:
 * - a zip, whose checksums protect all: any other dictionary than that of the undamaged file; where an entry is damaged and the zip around
 *   it is whole, as below (the fuzz of `packages/tensor` looks at the numbers);
 * - safetensors: any other than that of a fresh file with the tensors that the damaged one holds (the fuzz of `packages/tensor` compares
 *   these with the bytes);
 * - a config: any other than that of its JSON written afresh; a damaged number may be a right one;
 * - all: codes of latents that it does not have, a reconstruction of another width.
 *
 * @param load - files of a folder of fixtures/
 */
export async function fuzzLayout(
  { name, files = {}, options = {} }: FuzzLayout,
  { first = 0, count, seed }: { readonly first?: number; readonly count: number; readonly seed: number },
  load: (folder: string) => Folder,
): Promise<FuzzReport> {
  const whole = Object.keys(files).length > 0 ? files : load(name);
  const names = Object.keys(whole).sort();
  const read = (folder: Folder): Promise<Checkpoint> =>
    readCheckpoint(memoryFiles(folder), { formats: dictionaryFormats, ...options });
  const undamaged = (await read(whole)).model;
  const failures: string[] = [];
  let opened = 0;
  for (let number = first; number < first + count; number++) {
    const rng = random(seed, name, number);
    const file = names[rng.integer(names.length)] as string;
    const damage = await damaged(whole[file] as Uint8Array, file, rng);
    const folder = { ...whole, [file]: damage.bytes };
    const began = performance.now();
    let wrong: string | undefined;
    try {
      const { model } = await read(folder);
      opened++;
      const expected = damage.isProtected ? undamaged : await afresh(folder, file, read);
      if (expected && !sameModel(model, expected)) wrong = "is another dictionary";
      wrong ??= await faultOf(model);
    } catch (error) {
      if (!(error instanceof FormatError)) wrong = `threw ${error instanceof Error ? error.stack : String(error)}`;
      else if (error.message.length < 30) wrong = `refused it with ${error.message}`;
    }
    if (performance.now() - began > 10_000) wrong = "took more than 10 s";
    if (wrong !== undefined) failures.push(`${name} ${number} of seed ${seed}, ${file}: ${wrong}`);
  }
  return { passed: count - failures.length, read: opened, failures };
}

/** A damaged file, and whether checksums of its own protect it: in half of the zips an entry is damaged and the zip around it is whole. */
async function damaged(
  bytes: Uint8Array,
  file: string,
  rng: Random,
): Promise<{ readonly bytes: Uint8Array; readonly isProtected: boolean }> {
  const isZip = /\.(pt|npz)$/.test(file);
  if (!isZip || rng.bernoulli(0.5)) return { bytes: mutated(bytes, bytes, rng), isProtected: isZip };
  const zip = await openZip(bytesSource(bytes));
  const inside = [...zip.entries.keys()].filter((name) => name.endsWith(".npy") || name.endsWith("/data.pkl"));
  const changed = inside[rng.integer(inside.length)];
  const entries: [string, Uint8Array][] = [];
  for (const name of zip.entries.keys()) {
    const content = await zip.read(name);
    entries.push([name, name === changed ? mutated(content, content, rng) : content]);
  }
  return { bytes: writeZip(entries), isProtected: false };
}

/** The dictionary of the folder with what the damaged file holds written afresh; undefined where that is not simple. */
async function afresh(
  folder: Folder,
  file: string,
  read: (folder: Folder) => Promise<Checkpoint>,
): Promise<Model | undefined> {
  const bytes = folder[file] as Uint8Array;
  if (file.endsWith(".safetensors")) {
    const { tensors, metadata } = readSafetensors(bytes);
    return (await read({ ...folder, [file]: writeSafetensors([...tensors], [...metadata]) })).model;
  }
  if (!file.endsWith(".json")) return undefined;
  const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  if (/NaN|Infinity/.test(text)) return undefined; // Python's, which JSON lacks
  return (await read({ ...folder, [file]: new TextEncoder().encode(JSON.stringify(JSON.parse(text))) })).model;
}

/** What is wrong with what a dictionary computes. */
async function faultOf(model: Model): Promise<string | undefined> {
  const { nP, nQ, nR } = model.spec;
  if (!Object.values(model.weights).every((values) => values.every(Number.isFinite))) return undefined; // its warnings say so
  const { codes, reconstruction } = await openModel(referenceBackend(), model).run(new Float32Array(nP), 1);
  if (!codes.latents.every((latent) => latent < nQ)) return "has codes beyond its latents";
  return reconstruction.length === nR ? undefined : "has a reconstruction of another width";
}

function sameModel(a: Model, b: Model): boolean {
  const [{ weights: one, ...rest }, { weights: other, ...others }] = [a, b];
  const names = Object.keys(one);
  return (
    JSON.stringify(rest) === JSON.stringify(others) &&
    names.join() === Object.keys(other).join() &&
    names.every((name) => sameNumbers(one[name as keyof typeof one], other[name as keyof typeof other]))
  );
}

const sameNumbers = (a: Float32Array | undefined, b: Float32Array | undefined): boolean =>
  a?.length === b?.length && (a ?? new Float32Array()).every((value, i) => Object.is(value, b?.[i]));

/** What rf-topk writes, of which there is no small file. */
function rfTopK(): Uint8Array {
  const f32 = (...shape: number[]): StoredTensor => {
    const length = shape.reduce((a, b) => a * b, 1);
    return { dtype: "F32", shape, data: Float32Array.from({ length }, (_, i) => Math.sin(i + length)) };
  };
  const [nP, nQ] = [3, 5];
  const matrices = { "encoder.weight": f32(nQ, nP), "decoder.weight": f32(nP, nQ) };
  const tensors = { mean: f32(1, nP), "encoder.bias": f32(nQ), "decoder.bias": f32(nP), ...matrices };
  return writeSafetensors(Object.entries(tensors), Object.entries({ d_in: "3", d_sae: "5", k: "2" }));
}
