/** A description of rows that can be tested. */
export interface Rule {
  /** As it was given. */
  readonly text: string;
  /** What it looks at: the row's token, the text up to it and with it, or the row's label or text. */
  readonly of: "token" | "context" | "label";
  /** Whether it describes a row of this text. */
  readonly holds: (text: string) => boolean;
}

/**
 * A rule from its text: a regular expression for the token without blanks around it; `context: RE` for the text of its document up to the
 * token and with it; `label: NAME` for the row's label. `/RE/i` gives flags.
 *
 * @throws RangeError for what is no regular expression, or empty
 */
export function parseRule(text: string): Rule {
  const [, kind = "token", body = ""] = /^\s*(?:(context|label)\s*:)?\s*(.*?)\s*$/s.exec(text) as RegExpExecArray;
  if (body === "") {
    throw new RangeError(
      `rule: needs a regular expression, \`context: EXPRESSION\` or \`label: NAME\`, got ${JSON.stringify(text)}; write one, such as seem|appear`,
    );
  }
  if (kind === "label") return { text, of: "label", holds: (label) => label === body };
  const expression = expressionOf(text, body);
  return kind === "context"
    ? { text, of: "context", holds: (context) => expression.test(context) }
    : { text, of: "token", holds: (token) => expression.test(token.trim()) };
}

function expressionOf(text: string, body: string): RegExp {
  const [, source, flags] = /^\/(.*)\/([a-z]*)$/s.exec(body) ?? [undefined, body, ""];
  try {
    // Flags g and y would make a test depend on the one before.
    return new RegExp(source as string, (flags as string).replace(/[gy]/g, ""));
  } catch (cause) {
    throw new RangeError(
      `rule: needs a regular expression, got ${JSON.stringify(text)} (${(cause as Error).message}); correct it, and write \\ before signs that stand for themselves`,
      { cause },
    );
  }
}
