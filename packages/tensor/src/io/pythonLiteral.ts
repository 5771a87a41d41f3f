/** A Python literal as plain data; tuples are marked, since npy tells them from lists. */
export type PythonLiteral =
  | string
  | number
  | boolean
  | null
  | PythonLiteral[]
  | PythonTuple
  | ReadonlyMap<string, PythonLiteral>;

/** A Python tuple. */
export interface PythonTuple {
  /** Its items. */
  readonly tuple: readonly PythonLiteral[];
}

/**
 * Parses the Python literals that npy headers use: strings, integers (with the `L` of Python 2), True, False, None, tuples,
 * lists and dicts with string keys. Nothing is evaluated.
 *
 * @throws SyntaxError where the text is anything else
 */
export function parsePythonLiteral(text: string): PythonLiteral {
  const parser = { text, at: 0 };
  const value = parseValue(parser, 0);
  skipSpace(parser);
  if (parser.at < text.length) throw unexpected(parser);
  return value;
}

/** Text and position. */
interface Parser {
  readonly text: string;
  at: number;
}

const DEEPEST = 32;

function parseValue(parser: Parser, depth: number): PythonLiteral {
  if (depth > DEEPEST) throw unexpected(parser);
  skipSpace(parser);
  const next = parser.text[parser.at];
  if (next === "'" || next === '"') return parseString(parser);
  if (next === "{") return parseDict(parser, depth);
  if (next === "[") return parseItems(parser, "]", depth).items;
  if (next === "(") {
    const { items, commas } = parseItems(parser, ")", depth);
    return items.length === 1 && commas === 0 ? (items[0] as PythonLiteral) : { tuple: items };
  }
  const word = matchAt(parser, /-?\d+L?|True|False|None/y);
  if (word === "True" || word === "False") return word === "True";
  return word === "None" ? null : Number.parseInt(word, 10);
}

function parseString(parser: Parser): string {
  const quoted = matchAt(parser, /'[^'\\\n]*'|"[^"\\\n]*"/y);
  return quoted.slice(1, -1);
}

function parseItems(parser: Parser, end: string, depth: number): { items: PythonLiteral[]; commas: number } {
  const items: PythonLiteral[] = [];
  let commas = 0;
  parser.at++;
  while (!accept(parser, end)) {
    if (items.length > commas) throw unexpected(parser);
    items.push(parseValue(parser, depth + 1));
    if (accept(parser, ",")) commas++;
  }
  return { items, commas };
}

function parseDict(parser: Parser, depth: number): ReadonlyMap<string, PythonLiteral> {
  const entries = new Map<string, PythonLiteral>();
  let commas = 0;
  parser.at++;
  while (!accept(parser, "}")) {
    if (entries.size > commas) throw unexpected(parser);
    skipSpace(parser);
    const key = parseString(parser);
    if (entries.has(key) || !accept(parser, ":")) throw unexpected(parser);
    entries.set(key, parseValue(parser, depth + 1));
    if (accept(parser, ",")) commas++;
  }
  return entries;
}

function accept(parser: Parser, token: string): boolean {
  skipSpace(parser);
  if (parser.text[parser.at] !== token) return false;
  parser.at++;
  return true;
}

function matchAt(parser: Parser, pattern: RegExp): string {
  pattern.lastIndex = parser.at;
  const match = pattern.exec(parser.text);
  if (match === null) throw unexpected(parser);
  parser.at = pattern.lastIndex;
  return match[0];
}

function skipSpace(parser: Parser): void {
  while (/^\s$/.test(parser.text[parser.at] ?? "")) parser.at++;
}

function unexpected({ text, at }: Parser): SyntaxError {
  return new SyntaxError(at < text.length ? `unexpected ${JSON.stringify(text[at])} at ${at}` : "unexpected end");
}
