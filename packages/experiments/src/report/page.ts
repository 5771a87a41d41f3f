import { html, type Markup, trusted } from "./markup.js";
import { styles } from "./styles.js";

/** A self-contained HTML document: no request leaves it. */
export function page(title: string, body: Markup): string {
  return `${
    html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${trusted(styles)}</style>
</head>
<body>
<main>
<h1>${title}</h1>
${body}
</main>
</body>
</html>
`.markup
  }`;
}

/** A list of names and values. */
export function facts(entries: readonly (readonly [string, string | number])[]): Markup {
  return html`<dl class="facts">${entries.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>`;
}

/** A section with a heading. */
export function section(title: string, ...content: readonly Markup[]): Markup {
  return html`<section>
<h2>${title}</h2>
${content}
</section>
`;
}

/** A section with a list of texts; empty for none. */
export function textList(title: string, texts: readonly string[]): readonly Markup[] {
  if (texts.length === 0) return [];
  return [section(title, html`<ul class="warnings">${texts.map((text) => html`<li>${text}</li>`)}</ul>`)];
}

/** The warnings of a document; empty for none. */
export const warningList = (warnings: readonly string[]): readonly Markup[] => textList("Warnings", warnings);
