import { html, type Markup } from "./markup.js";

/** A table of texts: a row of heads, and rows whose first cell names them. */
export const plainTable = (head: readonly string[], rows: readonly (readonly string[])[]): Markup =>
  html`<div class="scroll"><table>
<thead><tr>${head.map((name, i) => (i === 0 ? html`<th class="first">${name}</th>` : html`<th>${name}</th>`))}</tr></thead>
<tbody>
${rows.map(
  ([first, ...cells]) =>
    html`<tr><th class="first">${first as string}</th>${cells.map((text) => html`<td>${text}</td>`)}</tr>
`,
)}</tbody></table></div>`;
