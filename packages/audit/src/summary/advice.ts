import { compareReplicas } from "./advice/compareReplicas.js";
import { explainMore } from "./advice/explainMore.js";
import { fewerLatents } from "./advice/fewerLatents.js";
import { learnAtAll } from "./advice/learnAtAll.js";
import { lookAtThem } from "./advice/lookAtThem.js";
import { moreSamples } from "./advice/moreSamples.js";
import { passData } from "./advice/passData.js";
import { replicate } from "./advice/replicate.js";
import { reviveLatents } from "./advice/reviveLatents.js";
import { sparser } from "./advice/sparser.js";
import { trainLonger } from "./advice/trainLonger.js";
import { useCodes } from "./advice/useCodes.js";
import type { Advice, AdviceInput, AdviceRule } from "./adviceRule.js";

/** Most commands of a summary. */
const MOST = 4;

/** What to do next, most useful first. */
export const adviceFor = (input: AdviceInput): readonly Advice[] => rules.flatMap((rule) => rule(input)).slice(0, MOST);

/** The rules, most useful first. A new one is a file and its line here. */
const rules: readonly AdviceRule[] = [
  passData,
  moreSamples,
  learnAtAll,
  reviveLatents,
  explainMore,
  fewerLatents,
  sparser,
  trainLonger,
  replicate,
  compareReplicas,
  lookAtThem,
  useCodes,
];
