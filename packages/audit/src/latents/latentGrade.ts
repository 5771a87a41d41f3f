import { auditThresholds } from "../summary/thresholds.js";

/** What a latent is worth. */
export type LatentGrade = "real" | "doubtful" | "unreal" | "duplicate" | "rare" | "dead";

const { real, unreal } = auditThresholds;

/** What each grade of a latent means, in the order in which they are listed. */
export const latentGrades: Readonly<Record<LatentGrade, string>> = {
  real: `score of ${real} and more: a feature, or a feature with more general ones`,
  doubtful: `score between ${unreal} and ${real}`,
  unreal: `score below ${unreal}: hardly a feature`,
  duplicate: "another latent has the same direction and fires more",
  rare: "fires too rarely in these samples to be scored",
  dead: "never fires",
};
