import type { Example, ExampleView } from "@monosema/features";

/** A text on one line: line ends and tabs as signs. */
export const oneLine = (text: string): string => text.replaceAll("\n", "↵").replaceAll("\t", "→").replaceAll("\r", "");

/** A token in quotes, so that its blanks are seen. */
export const tokenText = (text: string): string => `"${oneLine(text)}"`;

/** What an example shows, on one line: a token between ⟦ ⟧ in its context. */
export function exampleText({ view, row }: Example): string {
  return view === undefined ? `row ${row}` : viewText(view, row);
}

function viewText(view: ExampleView, row: number): string {
  if (view.kind === "tokens") {
    return oneLine(view.tokens.map((token, i) => (i === view.at ? marked(token) : token)).join("")).trim();
  }
  const label = view.label === undefined ? "" : ` (${view.label})`;
  return `${view.kind === "vector" ? `row ${row}` : oneLine(view.text)}${label}`;
}

/** The blank before a word stays outside. */
const marked = (token: string): string => {
  const [, before, word] = /^( *)(.*)$/s.exec(token) as unknown as [string, string, string];
  return `${before}⟦${word}⟧`;
};
