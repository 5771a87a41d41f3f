import type { AuditLimits } from "./limits.js";
import type { AuditRegulariser } from "./setupVerdict.js";
import type { AuditFeatures } from "./subject/auditFeatures.js";
import type { AuditBatch } from "./subject/sampleBatch.js";

/** What an audit may use beside the dictionary. */
export interface AuditInput {
  /** Samples in batches, read once; default none. */
  readonly data?: Iterable<AuditBatch> | AsyncIterable<AuditBatch>;
  /** True directions; default none. */
  readonly features?: AuditFeatures;
  /** Latents held fixed by anchoring; default none. */
  readonly anchors?: readonly number[];
  /** What the objective prefers among models of the same loss; default nothing. */
  readonly regulariser?: AuditRegulariser;
  /** What the theory lacks for the activation, where it knows none like it: what depends on it is then left out, and said. Default null. */
  readonly lacks?: string | null;
  /** Sizes up to which expensive parts run. */
  readonly limits?: AuditLimits;
}
