/** A code example of a document. */
export interface Example {
  /** Document and line of its fence, `docs/guide/concepts.md:12`. */
  readonly name: string;
  /** TypeScript is type-checked too. */
  readonly language: "ts" | "js";
  /** The program. */
  readonly code: string;
  /** What it prints, from the `text` fence that follows; absent where there is none. */
  readonly output?: string;
}

interface Fence {
  readonly line: number;
  readonly info: string;
  readonly section: string;
  readonly body: string;
}

/** The examples of a Markdown text that are to be run: fences `ts run` or `js run`, and every one of `ts` or `js` in the section Usage. */
export function readExamples(markdown: string, document: string): Example[] {
  const fences = readFences(markdown);
  return fences.flatMap((fence, i) => {
    const [language, mark] = fence.info.split(" ");
    if (language !== "ts" && language !== "js") return [];
    if (mark !== "run" && fence.section !== "Usage") return [];
    const next = fences[i + 1];
    const example = { name: `${document}:${fence.line}`, language, code: fence.body } as const;
    return [next?.info === "text" ? { ...example, output: next.body } : example];
  });
}

/** Commands of a document. */
export interface Commands {
  /** Document and line of their fence. */
  readonly name: string;
  /** The lines. */
  readonly lines: readonly string[];
  /** What they print, from the `text` fence that follows; absent where there is none. */
  readonly output?: string;
}

/** The commands of a Markdown text that are to be run: fences `sh run`. */
export function readCommands(markdown: string, document: string): Commands[] {
  const fences = readFences(markdown);
  return fences.flatMap((fence, i) => {
    if (fence.info !== "sh run") return [];
    const next = fences[i + 1];
    const commands = { name: `${document}:${fence.line}`, lines: fence.body.split("\n").filter((line) => line !== "") };
    return [next?.info === "text" ? { ...commands, output: next.body } : commands];
  });
}

/** Whether a printed text is the documented one; in the documented one an ellipsis `…` stands for any text of a line. */
export function printsAs(printed: string, documented: string): boolean {
  const parts = documented.trimEnd().split("…");
  const pattern = parts.map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("[^\\n]*");
  return new RegExp(`^${pattern}$`).test(printed.trimEnd());
}

function readFences(markdown: string): Fence[] {
  const fences: Fence[] = [];
  let section = "";
  let open: { line: number; info: string; body: string[] } | undefined;
  for (const [i, text] of markdown.split("\n").entries()) {
    if (open === undefined && text.startsWith("```")) open = { line: i + 1, info: text.slice(3).trim(), body: [] };
    else if (open === undefined) section = /^## +(.*\S)/.exec(text)?.[1] ?? section;
    else if (text === "```") {
      fences.push({ line: open.line, info: open.info, section, body: open.body.join("\n") });
      open = undefined;
    } else open.body.push(text);
  }
  return fences;
}
