import { readExamples } from "./readExamples.js";

/** Numbers that name something: a theorem, a table, a paper. */
const NAMES = /\b(?:Theorems?|Examples?|Sections?|Tables?|Figures?|arXiv) \d[\d.]*/g;
/** A number with its per cent sign, not a digit of a word such as `L1`. */
const NUMBER = /(?<![\w.])(?:\d[\d,_]*(?:\.\d+)?|\.\d+)(?:e-?\d+)?(?: ?%)?/g;

/**
 * The numbers in the prose of a Markdown text that no example of the same section accounts for: decimals and percentages must be in
 * what an example prints, whole numbers of two digits or more there or in its code. A single digit counts as prose.
 */
export function unprintedNumbers(markdown: string): string[] {
  const sections = markdown.replace(/^---\n[\s\S]*?^---$/m, "").split(/^(?=## )/m);
  return sections.flatMap((section) => {
    const examples = readExamples(section, "section");
    const printed = values(examples.map(({ output = "" }) => output));
    const known = new Set([...printed, ...values(examples.map(({ code }) => code))]);
    const prose = section.replace(/^```[\s\S]*?^```$/gm, "").replace(NAMES, "");
    return numbers(prose).filter((text) => {
      if (/^\d$/.test(text)) return false;
      return !(/[.%]/.test(text) ? printed : known).has(normalised(text));
    });
  });
}

function numbers(text: string): string[] {
  return text.match(NUMBER)?.map((number) => number.replace(/,$/, "")) ?? [];
}

function values(texts: readonly string[]): Set<string> {
  return new Set(texts.flatMap(numbers).map(normalised));
}

/** One form for `.50` and `0.5`, `1,000` and `1_000`, `5%` and `5 %`. */
function normalised(text: string): string {
  return `${Number.parseFloat(text.replace(/[,_]/g, ""))}${text.endsWith("%") ? " %" : ""}`;
}
