import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { readNpy, type StoredTensor, writeNpy, writeSafetensors } from "@monosema/tensor";
import { inProcess } from "./cli.js";

const fixtures = resolve(import.meta.dirname, "../../../../packages/formats/test/fixtures");

/** A dictionary of a family. */
interface Family {
  /** The program that wrote it. */
  readonly program: string;
  /** What it is there. */
  readonly kind: string;
  /** Folder of the fixtures of packages/formats. */
  readonly folder: string;
  /** What its files do not say. */
  readonly more?: readonly string[];
}

const of = (program: string, folder: string, kinds: Readonly<Record<string, string>>): readonly Family[] =>
  Object.entries(kinds).map(([kind, name]) => ({
    program,
    kind,
    folder: `${folder}/${name}`,
    ...(/^batchtopk_training|^matryoshka_batchtopk|^batchtopk_crosscoder/.test(name)
      ? { more: ["--rule", "batch"] }
      : {}),
    ...(name === "qwen_scope" ? { more: ["--k", "3"] } : {}),
  }));

/** One dictionary of each family. */
export const families: readonly Family[] = [
  ...of("SAELens", "saelens", {
    standard: "standard_unsubtracted",
    topk: "topk_plain",
    jumprelu: "jumprelu",
    gated: "gated_training",
    "batchtopk (training)": "batchtopk_training",
    "matryoshka_batchtopk (training)": "matryoshka_batchtopk_training",
    abstopk: "abstopk",
    matching_pursuit: "matching_pursuit",
    transcoder: "transcoder",
    skip_transcoder: "skip_transcoder",
    jumprelu_transcoder: "jumprelu_transcoder",
    jumprelu_skip_transcoder: "jumprelu_skip_transcoder",
    "standard on hook_z": "standard_hook_z",
    layer_norm: "layer_norm",
    "before 6.0": "before_6",
  }),
  ...of("dictionary_learning", "dictionary_learning", {
    AutoEncoder: "autoencoder",
    AutoEncoderNew: "autoencodernew",
    GatedAutoEncoder: "gated",
    JumpReluAutoEncoder: "jumprelu",
    AutoEncoderTopK: "topk",
    BatchTopKSAE: "batchtopk",
    MatryoshkaBatchTopKSAE: "matryoshka",
  }),
  ...of("sparsify", "sparsify", {
    "topk SAE": "topk",
    "groupmax SAE": "groupmax",
    "topk transcoder": "transcoder",
    "topk skip transcoder": "skip_transcoder",
  }),
  ...of("OpenMOSS", "openmoss", { "jumprelu SAE": "parameters" }),
  ...of("crosscode", "crosscode", {
    "relu SAE": "relu",
    "relu SAE with skip": "relu_skip",
    "jumprelu SAE": "jumprelu_without_bias",
    "topk crosscoder": "topk_crosscoder",
    "batchtopk crosscoder": "batchtopk_crosscoder",
    "cross-layer transcoder with one encoder": "cross_layer_transcoder",
  }),
  ...of("circuit-tracer", "circuit_tracer", {
    "relu cross-layer transcoder": "relu",
    "jumprelu cross-layer transcoder": "jump_relu",
  }),
  ...of("crosslayer-coding", "crosslayer_coding", {
    "relu cross-layer transcoder": "relu",
    "jumprelu cross-layer transcoder": "jumprelu",
    "tied decoders": "tied_by_target",
  }),
  ...of("openai", "openai", { relu: "relu", topk: "topk" }),
  { program: "rf-topk", kind: "topk", folder: "rf-topk" },
  ...of("Gemma Scope", "gemma_scope", {
    SAE: "sae",
    transcoder: "transcoder",
    "affine transcoder": "affine_transcoder",
  }),
  ...of("weights alone", "weights_alone", {
    "Qwen-Scope": "qwen_scope",
    "mwhanna's transcoders": "mwhanna_transcoder",
  }),
];

/** The commands that run a dictionary; each is a column. */
export const commands: readonly string[] = ["info", "encode", "evaluate", "audit", "features"];
/** The layouts that `convert` writes beside ours, which takes all. */
const layouts = ["saelens", "dictionary_learning", "sparsify", "circuit-tracer"];

/** Runs the commands on a dictionary of each family and says in Markdown what came of it. */
export async function familyTable(work: string): Promise<string> {
  const rows: string[][] = [];
  for (const [i, family] of families.entries()) rows.push(await rowOf(family, join(work, String(i))));
  const head = ["program", "dictionary", ...commands, "convert to"];
  return [head, head.map(() => "---"), ...rows].map((row) => `| ${row.join(" | ")} |`).join("\n");
}

async function rowOf({ program, kind, folder, more = [] }: Family, work: string): Promise<string[]> {
  mkdirSync(work, { recursive: true });
  const checkpoint = folder === "rf-topk" ? rfTopK(work) : join(fixtures, folder);
  const { x, codes, reconstruction } = expectedIn(checkpoint);
  const [data, target] = [join(work, "x.npy"), join(work, "y.npy")];
  writeFileSync(data, writeNpy(matrix(x)));
  writeFileSync(target, writeNpy(matrix(reconstruction)));
  const [k, rule] = more[0] === "--k" ? [more, []] : [[], more];
  const { variant } = await ran("info", checkpoint, ...k).then(({ document }) => document as { variant?: string });
  const withTarget = variant === "transcoder" || variant === "crosslayer" ? ["--target", target] : [];
  const own: Readonly<Record<string, readonly string[]>> = {
    encode: ["--codes", join(work, "codes.npy")],
    evaluate: withTarget,
    audit: withTarget,
  };
  const cells: string[] = [];
  for (const command of commands) {
    const samples = command === "info" ? [] : ["--data", data, ...rule, ...(own[command] ?? [])];
    const out = ["evaluate", "info"].includes(command) ? [] : ["--out", join(work, command)];
    const { document } = await ran(
      command,
      checkpoint,
      ...k,
      ...samples,
      ...out,
      ...(command === "info" ? [] : reference),
    );
    cells.push(cellOf(document, command === "encode" ? [codes, reconstruction] : undefined));
  }
  return [program, kind, ...cells, await conversions(checkpoint, k, work)];
}

const reference = ["--backend", "reference"];

/** `yes`, `partly` of an audit that leaves out what theory lacks, `no`; of codes that are not the program's, that they are others. */
function cellOf(document: Record<string, unknown> | undefined, expected: readonly Nested[] | undefined): string {
  if (document === undefined) return "no";
  if (expected) {
    const files = [document.codes, document.reconstruction] as string[];
    const isSame = files.every((file, i) => {
      const { data } = readNpy(readFileSync(file));
      return flat(expected[i] as Nested).every((value, at) => Math.abs(Number(data[at]) - value) < 1e-4);
    });
    return isSame ? "yes" : "other codes";
  }
  const reason = (document.verdict as { reason?: string } | undefined)?.reason ?? "";
  return reason.startsWith("the theory knows") ? "partly" : "yes";
}

/** The layouts that a dictionary is written in; those with a loss that needs `--allow` in parentheses. */
async function conversions(checkpoint: string, k: readonly string[], work: string): Promise<string> {
  const names: string[] = [];
  for (const to of layouts) {
    const convert = (out: string, ...more: string[]) =>
      ran("convert", checkpoint, join(work, out), "--to", to, ...k, ...more);
    if ((await convert(`${to}-0`)).document) names.push(to);
    else if ((await convert(`${to}-1`, "--allow", "all")).document) names.push(`(${to})`);
  }
  return names.join(", ") || "ours alone";
}

async function ran(...args: readonly string[]): Promise<{ readonly document: Record<string, unknown> | undefined }> {
  const { status, stdout } = await inProcess(...args, "--json", "--quiet");
  return { document: status === 0 ? JSON.parse(stdout) : undefined };
}

type Nested = readonly (number | Nested)[];

interface Expected {
  readonly x: Nested;
  readonly codes: Nested;
  readonly reconstruction: Nested;
}

const expectedIn = (folder: string): Expected => JSON.parse(readFileSync(join(folder, "expected.json"), "utf8"));

const flat = (rows: Nested): number[] => rows.flat(4) as number[];

/** Rows as [B, width]: those of a crosscoder or of heads are flattened. */
function matrix(rows: Nested): StoredTensor {
  const data = Float32Array.from(flat(rows));
  return { dtype: "F32", shape: [rows.length, data.length / rows.length], data };
}

/** A dictionary as rf-topk writes it, of which there is no small file: two latents of width 2, with codes that can be seen. */
function rfTopK(work: string): string {
  const folder = join(work, "rf-topk");
  if (existsSync(folder)) rmSync(folder, { recursive: true });
  mkdirSync(folder);
  const f32 = (shape: number[], ...values: number[]): StoredTensor => ({
    dtype: "F32",
    shape,
    data: Float32Array.from(values),
  });
  const tensors = {
    mean: f32([1, 2], 1, 0),
    "encoder.weight": f32([3, 2], 1, 0, 0, 1, -1, 0),
    "encoder.bias": f32([3], 0, 0, 0),
    "decoder.weight": f32([2, 3], 1, 0, -1, 0, 1, 0),
    "decoder.bias": f32([2], 0, 0),
  };
  const config = { d_in: "2", d_sae: "3", k: "1" };
  writeFileSync(join(folder, "sae.safetensors"), writeSafetensors(Object.entries(tensors), Object.entries(config)));
  const x = [
    [4, 1],
    [1, 2],
    [-1, 1],
  ];
  const codes = [
    [3, 0, 0],
    [0, 2, 0],
    [0, 0, 2],
  ];
  const reconstruction = [
    [4, 0],
    [1, 2],
    [-1, 0],
  ];
  writeFileSync(join(folder, "expected.json"), JSON.stringify({ x, codes, reconstruction }));
  return folder;
}
