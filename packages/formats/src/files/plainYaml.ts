import { FormatError } from "@monosema/tensor";
import type { JsonRecord } from "./configKeys.js";

/**
 * Reads the YAML that `yaml.dump` makes of a config: nested mappings and lists of plain values, and empty `{}` and `[]`.
 *
 * @throws FormatError `not-yaml` that names the line
 */
export function plainYaml(text: string, file: string): JsonRecord {
  const lines = text.split(/\r?\n/).flatMap((line, i): Line[] => {
    const content = line.replace(/\s+#.*$/, "").trimEnd();
    if (content.trim() === "" || /^\s*#|^---$/.test(content)) return [];
    return [{ number: i + 1, indent: content.length - content.trimStart().length, content: content.trim() }];
  });
  const refuse = ({ number, content }: Line): FormatError => {
    const message = `line ${number} must be "key: value", got ${JSON.stringify(content.slice(0, 80))}; save the config again`;
    return new FormatError("not-yaml", message, { file });
  };
  let at = 0;
  const mapping = (indent: number, depth: number): JsonRecord => {
    const entries: [string, unknown][] = [];
    for (let line = lines[at]; line !== undefined && line.indent >= indent; line = lines[at]) {
      const [, key, rest] = /^([\w.-]+|'[^']*'|"[^"]*"):(?:\s+(.*))?$/.exec(line.content) ?? [];
      if (line.indent !== indent || key === undefined || depth > 20) throw refuse(line);
      at++;
      entries.push([
        unquoted(key),
        rest === undefined || rest.startsWith("!!") ? nested(indent, depth) : scalar(rest, line),
      ]);
    }
    return Object.fromEntries(entries);
  };
  const nested = (indent: number, depth: number): unknown => {
    const line = lines[at];
    if (line?.content.startsWith("- ") && line.indent >= indent) return list(line.indent);
    return line !== undefined && line.indent > indent ? mapping(line.indent, depth + 1) : null;
  };
  const list = (indent: number): unknown[] => {
    const items: unknown[] = [];
    for (let line = lines[at]; line?.indent === indent && line.content.startsWith("- "); line = lines[at]) {
      items.push(scalar(line.content.slice(2), line));
      at++;
    }
    return items;
  };
  const scalar = (value: string, line: Line): unknown => {
    if (value === "{}") return {};
    if (value === "[]") return [];
    if (/^[{[&*|>!-]/.test(value) && !/^-[\d.]/.test(value)) throw refuse(line);
    if (value === "true" || value === "false") return value === "true";
    if (value === "null" || value === "~") return null;
    return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(value) ? Number(value) : unquoted(value);
  };
  const result = mapping(0, 0);
  const left = lines[at];
  if (left !== undefined) throw refuse(left);
  return result;
}

interface Line {
  readonly number: number;
  readonly indent: number;
  readonly content: string;
}

const unquoted = (text: string): string => /^(['"])(.*)\1$/.exec(text)?.[2] ?? text;
