import type { Options } from "./options.js";
import { wrapped } from "./wrapped.js";

/** Help text of a command in lines of at most `columns` characters. */
export function helpText(usage: string, summary: string, options: Options, columns: number): string {
  const rows = Object.entries(options).map(
    ([name, { value, ending, help }]) =>
      [`--${name}${value ? (ending ? ` [${value}]` : ` ${value}`) : ""}`, help] as const,
  );
  return [
    ...wrapped(`Usage: monosema ${usage}`, columns, "  "),
    "",
    ...wrapped(summary, columns),
    "",
    "Options:",
    ...table(rows, columns),
  ].join("\n");
}

/** Two columns: names, and what they are, wrapped; below the names where the lines are short. */
export function table(rows: readonly (readonly [name: string, text: string])[], columns: number): readonly string[] {
  const width = Math.max(...rows.map(([name]) => name.length)) + 4;
  if (columns - width < 24) {
    return rows.flatMap(([name, text]) => [`  ${name}`, ...wrapped(`      ${text}`, columns, "      ")]);
  }
  return rows.flatMap(([name, text]) => wrapped(`${`  ${name}`.padEnd(width)}${text}`, columns, " ".repeat(width)));
}
