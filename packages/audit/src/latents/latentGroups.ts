import { type LatentGrade, latentGrades } from "./latentGrade.js";
import type { LatentRecord } from "./latentRecord.js";

/** The latents of one grade. */
export interface LatentGroup {
  /** Grade. */
  readonly grade: LatentGrade;
  /** What it means. */
  readonly meaning: string;
  /** How many. */
  readonly count: number;
  /** The clearest ones: real latents of the largest score, unreal ones of the smallest, those nearest to one half of the doubtful. */
  readonly examples: readonly LatentRecord[];
}

/** Latents by grade; grades without a latent are left out. */
export function latentGroups(latents: readonly LatentRecord[], examples: number): readonly LatentGroup[] {
  return (Object.keys(latentGrades) as LatentGrade[]).flatMap((grade) => {
    const own = latents.filter((latent) => latent.grade === grade);
    if (own.length === 0) return [];
    const clearest = own.toSorted((a, b) => clarity(grade, b) - clarity(grade, a) || a.latent - b.latent);
    return [{ grade, meaning: latentGrades[grade], count: own.length, examples: clearest.slice(0, examples) }];
  });
}

function clarity(grade: LatentGrade, { score }: LatentRecord): number {
  const value = score ?? 0;
  return grade === "unreal" ? -value : grade === "doubtful" ? -Math.abs(value - 0.5) : value;
}
