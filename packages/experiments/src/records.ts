import type { LatentKind, RateBin } from "@monosema/bench";

/** What every command's JSON document has (the command line's contract). */
export interface DocumentHead {
  /** Command name. */
  readonly command: string;
  /** Version of the command line. */
  readonly version: string;
  /** What computed it. */
  readonly backend: BackendRecord;
  /** Wall-clock seconds of the whole command. */
  readonly seconds: number;
  /** What a user should know, each said once. */
  readonly warnings: readonly string[];
  /** Folder of the results, absolute. */
  readonly out: string;
}

/** A backend in a document. */
export interface BackendRecord {
  /** Name, such as `tfjs-wasm`. */
  readonly name: string;
  /** Versions, tier, why it was chosen. */
  readonly detail: string;
  /** Kernels in use, where the backend has several. */
  readonly tier?: string;
  /** Threads in use. */
  readonly threads: number;
}

/** Document of `bench`. */
export interface BenchDocument extends DocumentHead {
  /** `bench`. */
  readonly command: "bench";
  /** Preset name. */
  readonly preset: string;
  /** Changes to the preset, each `key=value`. */
  readonly settings: readonly string[];
  /** The data. */
  readonly data: BenchData;
  /** One row per method, anchoring and seed. */
  readonly rows: readonly BenchRow[];
  /** What the rows say, in sentences. */
  readonly conclusion: readonly string[];
}

/** The data of a benchmark run. */
export interface BenchData {
  /** True features N. */
  readonly n: number;
  /** Input width P. */
  readonly nP: number;
  /** Latents Q. */
  readonly nQ: number;
  /** S: an entry is 0 with this probability; where rates differ there is `meanL0` instead. */
  readonly sparsity?: number;
  /** Mean number of features in a training sample, where rates differ. */
  readonly meanL0?: number;
  /** Largest inner product of two features. */
  readonly maxInterference: InterferenceRecord;
  /** Distinct training samples. */
  readonly samples: number;
}

/** One trained dictionary of a benchmark. */
export interface BenchRow {
  /** relu, jumprelu, topk, batchtopk, matryoshka, transcoder or crosscoder. */
  readonly method: string;
  /** sae, transcoder or crosscoder. */
  readonly variant: string;
  /** Anchoring. */
  readonly anchors: AnchorsRecord;
  /** Seed. */
  readonly seed: number;
  /** Steps. */
  readonly steps: number;
  /** Samples seen in training. */
  readonly samplesSeen: number;
  /** Seconds of training, without those of drawing samples that are kept for all rows. */
  readonly seconds: number;
  /** Metrics on held-out samples and on the dictionary. */
  readonly metrics: BenchMetrics;
  /** Features that the recovery metrics are over. */
  readonly scoredFeatures: number;
  /** M_IP of random unit rows, the floor of `mip`. */
  readonly randomMip: number;
  /** Folder of the saved dictionary. */
  readonly checkpoint?: string;
  /** Folder of the saved data that it was trained on. */
  readonly data?: string;
  /** Training curve. */
  readonly curve: readonly CurvePoint[];
  /** What became of each feature, a letter each: found, composite, lost, anchored. */
  readonly outcomes: string;
  /** Found and lost features by firing rate. */
  readonly byRate: readonly RateBin[];
  /** The latents that hold a feature together with ancestors of it. */
  readonly composites: readonly CompositeRecord[];
  /** Best |cosine| of each scored feature with a decoder row, for recovery against threshold. */
  readonly bestCosines: readonly number[];
  /** With 2 or 3 dimensions: feature and decoder directions for the geometry plot. */
  readonly geometry?: Geometry;
  /** |cosine| of features (columns) and their matched latents (rows), at most 60 x 60, for the heat map. */
  readonly similarity?: readonly (readonly number[])[];
}

/** A latent that holds a sum along a branch of the hierarchy. */
export interface CompositeRecord {
  /** Latent. */
  readonly latent: number;
  /** Cosine of its decoder row with the best such sum. */
  readonly cosine: number;
  /** The features of the sum, ancestors first. */
  readonly features: readonly number[];
  /** How much of each it holds. */
  readonly weights: readonly number[];
}

/** How a row was anchored. */
export interface AnchorsRecord {
  /** none, truth, frequent or discovered. */
  readonly kind: string;
  /** Anchored latents. */
  readonly count: number;
  /** With discovered anchors: share of anchors that match a feature (cosine above .95). */
  readonly precision?: number;
  /** With discovered anchors: share of features that an anchor matches. */
  readonly recall?: number;
}

/** Recovery by one similarity (decoder cosine, encoder cosine, or the paper's raw product). */
export interface RecoveryRecord {
  /** Share of features whose best similarity is above .95 (M_GT). */
  readonly mgt95: number;
  /** Share above .9. */
  readonly mgt90: number;
  /** Mean best similarity (M_IP). */
  readonly mip: number;
}

/** Metrics of a benchmark row; definitions in the bench package. */
export interface BenchMetrics {
  /** |cosine| with decoder rows: the identified quantity. */
  readonly decoder: RecoveryRecord;
  /** |cosine| with encoder rows. */
  readonly encoder: RecoveryRecord;
  /** |inner product| with encoder rows, the paper's score; not bounded by 1. */
  readonly raw: RecoveryRecord;
  /** Signed cosine with decoder rows, one row of its own for each feature; 0 without one. */
  readonly matched: RecoveryRecord;
  /** Mean |cosine| over the one-to-one assignment, decoder; over all features. */
  readonly mcc: number;
  /** Share of the scored features with a decoder row of signed cosine above .9. */
  readonly found: number;
  /** Share of the scored features without one that a row holds together with their ancestors. */
  readonly foundComposite: number;
  /** Mean active latents per sample. */
  readonly l0: number;
  /** Mean active features per sample. */
  readonly trueL0: number;
  /** Fraction of variance unexplained, about the mean; null for targets without variance. */
  readonly fvu: number | null;
  /** 1 - fvu; null where that is. */
  readonly explainedVariance: number | null;
  /** Share of latents never active on the held-out samples. */
  readonly deadFraction: number;
  /** Mean of ||x_hat|| / ||x_r||. */
  readonly shrinkage: number;
  /** Mean F1 of all latents, each against the feature that its decoder row matches best; dead ones count 0. */
  readonly f1: number;
  /** Different features that latents match best, divided by the number of latents. */
  readonly uniqueness: number;
  /** What the latents are, as shares that sum to 1. */
  readonly latents: Readonly<Record<LatentKind, number>>;
}

/** A point of a training curve. */
export interface CurvePoint {
  /** Step. */
  readonly step: number;
  /** Loss, all terms. */
  readonly loss: number;
  /** Batch fvu; null for targets without variance. */
  readonly fvu: number | null;
  /** Batch l0. */
  readonly l0: number;
}

/** Directions in 2 or 3 dimensions. */
export interface Geometry {
  /** True unit features, one row each. */
  readonly features: readonly (readonly number[])[];
  /** Learned decoder rows, normalised; unused latents left out. */
  readonly learned: readonly (readonly number[])[];
}

/** Asked for and achieved interference of a feature matrix. */
export interface InterferenceRecord {
  /** M. */
  readonly target: number;
  /** Largest inner product of two different features. */
  readonly achieved: number;
}

/** A file of samples. */
export interface TrainedFile {
  /** Absolute path. */
  readonly path: string;
  /** Its tensor, where the file was asked for one. */
  readonly tensor?: string;
  /** Name of the model that its activations were taken from at the hook `tensor`, where it states one. */
  readonly model?: string;
  /** SHA-256 of its bytes, hexadecimal. */
  readonly sha256: string;
  /** Its rows. */
  readonly rows: number;
}

/** What a run knows of itself, as JSON: stands in the document, the report and the checkpoint. */
export interface TrainProvenance {
  /** Seed. */
  readonly seed: number;
  /** The files of `--data`. */
  readonly data: readonly TrainedFile[];
  /** The files of `--target`. */
  readonly target?: readonly TrainedFile[];
  /** Rows that `--max-norm` left out. */
  readonly dropped: number;
  /** Rows of the others that were kept out of training: floor(fraction N), drawn as by `splitRows` with the seed. */
  readonly holdout: HoldoutRecord;
  /** Model that the activations come from (SAELens' key). */
  readonly model_name?: string;
  /** Place in it (SAELens' key). */
  readonly hook_name?: string;
  /** The checkpoint that the run started from. */
  readonly init?: string;
  /** Learning rate. */
  readonly lr: number;
  /** Samples per step. */
  readonly batch: number;
  /** Steps. */
  readonly steps: number;
  /** What the first latents were held to. */
  readonly anchors: TrainedAnchors;
}

/** How rows were held out. */
export interface HoldoutRecord {
  /** Their share, from 0 to below 1. */
  readonly fraction: number;
  /** Seed of the drawing. */
  readonly seed: number;
}

/** Anchors of a run. */
export interface TrainedAnchors {
  /** Where they come from, `none` without any. */
  readonly kind: "none" | "truth" | "frequent" | "classMeans" | "discovered" | "given";
  /** They hold latents 0 to count - 1. */
  readonly count: number;
  /** Name of each. */
  readonly names?: readonly string[];
  /** Absolute path of the file. */
  readonly path?: string;
  /** lambda. */
  readonly strength?: number;
}
