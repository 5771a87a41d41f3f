/** A piece of HTML that is safe to insert. */
export interface Markup {
  /** The HTML text. */
  readonly markup: string;
}

/** What a template takes: text and numbers are escaped, markup is inserted as it is. */
export type Inserted = string | number | Markup | readonly Markup[];

/** Template of HTML: everything inserted is escaped unless it is {@link Markup}. */
export function html(strings: TemplateStringsArray, ...values: readonly Inserted[]): Markup {
  const parts = strings.map((text, i) => (i === 0 ? text : inserted(values[i - 1] as Inserted) + text));
  return { markup: parts.join("") };
}

/** Marks text that is HTML already, such as a rendered SVG. */
export const trusted = (markup: string): Markup => ({ markup });

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function inserted(value: Inserted): string {
  if (typeof value === "string" || typeof value === "number") {
    return String(value).replace(/[&<>"']/g, (character) => entities[character] as string);
  }
  return "markup" in value ? value.markup : value.map(({ markup }) => markup).join("");
}
