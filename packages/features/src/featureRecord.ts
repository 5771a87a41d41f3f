import type { LatentRecord } from "@monosema/audit";
import type { ExampleView } from "./exampleView.js";

/**
 * What is known of one latent as a feature, as JSON. Values are codes, in the units of the dictionary; signed codes count by their magnitude, and
 * keep their sign in examples.
 */
export interface FeatureRecord {
  /** Latent. */
  readonly latent: number;
  /** Name that a person or program gave it. */
  readonly name?: string;
  /** Rows in which it fires. */
  readonly count: number;
  /** Share of the rows in which it fires. */
  readonly rate: number;
  /** Largest value. */
  readonly max: number;
  /** Mean of its values where it fires. */
  readonly mean: number;
  /** How its values are spread where it fires. */
  readonly histogram: Histogram;
  /** Strongest examples, one per document, no context twice. */
  readonly examples: readonly Example[];
  /** Examples drawn evenly from ranges of its values, strongest range first. */
  readonly quantiles: readonly QuantileExamples[];
  /** Latents of the nearest decoder directions, nearest first. */
  readonly neighbours: readonly Neighbour[];
  /** Latents that fire with it more often than by chance, highest lift first. */
  readonly cofiring: readonly Cofiring[];
  /** Tokens that carry the most of its activation, where the rows are tokens. */
  readonly tokens?: readonly TokenShare[];
  /** Documents that carry the most of its activation, where they are known. */
  readonly documents?: readonly DocumentShare[];
  /** The class that it tells best, where there are labels. */
  readonly class?: ClassScore;
  /** Tokens that its decoder row promotes and suppresses, where there is an unembedding. */
  readonly lens?: Lens;
  /** Evidence for its name as a rule. */
  readonly check?: NameCheck;
  /** What an audit knows of it. */
  readonly verdict?: FeatureVerdict;
}

/** Counts of values in bins; both empty for a latent that never fires. */
export interface Histogram {
  /** Edges of the bins, ascending; one more than counts. */
  readonly edges: readonly number[];
  /** Values from one edge (included) to the next. */
  readonly counts: readonly number[];
}

/** A row in which a latent fires. */
export interface Example {
  /** Row of the activations, from 0. */
  readonly row: number;
  /** The latent's value there. */
  readonly value: number;
  /** Document of the row, where known. */
  readonly document?: number;
  /** Position in the document, where known. */
  readonly position?: number;
  /** Id of the token, where the rows are tokens. */
  readonly token?: number;
  /** What a person looks at; not in features.json. */
  readonly view?: ExampleView;
}

/** Examples from one range of a latent's values. */
export interface QuantileExamples {
  /** Lower end of the range, as a quantile of its values where it fires, 0 to 1. */
  readonly from: number;
  /** Upper end of the range. */
  readonly to: number;
  /** Rows in the range, strongest first. */
  readonly examples: readonly Example[];
}

/** A latent of a near decoder direction. */
export interface Neighbour {
  /** Latent. */
  readonly latent: number;
  /** Cosine of the two decoder rows. */
  readonly cosine: number;
}

/** A latent that fires with another. */
export interface Cofiring {
  /** Latent. */
  readonly latent: number;
  /** Share of the feature's firings in which this latent fires too. */
  readonly share: number;
  /** `share` over this latent's own rate. */
  readonly lift: number;
}

/** A token's part in a latent. */
export interface TokenShare {
  /** Id of the token. */
  readonly token: number;
  /** Its text, where a vocabulary is there. */
  readonly text?: string;
  /** Share of the latent's summed values. */
  readonly share: number;
}

/** A document's part in a latent. */
export interface DocumentShare {
  /** Id of the document. */
  readonly document: number;
  /** Its source, where known. */
  readonly source?: string;
  /** Share of the latent's summed values. */
  readonly share: number;
}

/** How well a latent tells a class. */
export interface ClassScore {
  /** The class. */
  readonly name: string;
  /** F1 at a threshold chosen on other rows. */
  readonly f1: number;
  /** Area under the ROC curve of its values. */
  readonly auroc: number;
  /** The same of the projection on the class mean, which needs no dictionary: the control. */
  readonly control: {
    /** F1 of the projection. */
    readonly f1: number;
    /** Area under the ROC curve of the projection. */
    readonly auroc: number;
  };
}

/** Tokens that a decoder row writes toward and away from (logit lens). */
export interface Lens {
  /** Most promoted first. */
  readonly promoted: readonly LensToken[];
  /** Most suppressed first. */
  readonly suppressed: readonly LensToken[];
}

/** A token under the logit lens. */
export interface LensToken {
  /** Id of the token. */
  readonly token: number;
  /** Its text, where a vocabulary is there. */
  readonly text?: string;
  /** Logit, less the mean over the vocabulary, of a decoder row of its own length. */
  readonly logit: number;
}

/** How well a rule describes where a latent fires strongly. */
export interface NameCheck {
  /** The rule as it was given. */
  readonly rule: string;
  /** Share of the rows at or above half the maximum that the rule describes. */
  readonly precision: number;
  /** Wilson interval of the precision, 95 %. */
  readonly interval: readonly [low: number, high: number];
  /** Share of the rows that the rule describes in which the latent fires. */
  readonly coverage: number;
  /** Share of all rows that the rule describes. */
  readonly base: number;
  /** Rows at or above half the maximum. */
  readonly rows: number;
}

/** What an audit knows of a latent, with its evidence. */
export interface FeatureVerdict extends Omit<LatentRecord, "latent" | "name" | "rate"> {
  /** What the audit found of this latent, a sentence each: absorbed by, duplicate of, matched feature or anchor, certificates. */
  readonly findings: readonly string[];
}
