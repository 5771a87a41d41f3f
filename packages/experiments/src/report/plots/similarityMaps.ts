import { labelOf, type RowGroup } from "../groups.js";
import { html, type Markup, trusted } from "../markup.js";

/** Heat maps of |cosine| of features and their matched latents, one per group (its first seed that carries one). */
export function similarityMaps(groups: readonly RowGroup[]): readonly Markup[] {
  return groups.flatMap((group) => {
    const similarity = group.rows.find((row) => row.similarity !== undefined)?.similarity;
    return similarity === undefined || similarity.length === 0 ? [] : [heatMap(labelOf(group), similarity)];
  });
}

/** Rows of one shade become one path, and cells of one shade side by side one rectangle: a tenth of the text of single cells. */
function heatMap(label: string, similarity: readonly (readonly number[])[]): Markup {
  const cells = similarity.slice(0, most).map((row) => row.slice(0, most));
  const width = Math.max(...cells.map((row) => row.length));
  const paths = Array.from({ length: levels }, (_, i) => {
    const shade = i + 1;
    const d = cells
      .map((row, y) =>
        runs(row, shade)
          .map(([x, count]) => `M${x} ${y}h${count}v1h-${count}z`)
          .join(""),
      )
      .join("");
    return d === "" ? "" : `<path d="${d}" fill-opacity="${shade / levels}"/>`;
  });
  return html`<figure><svg role="img" aria-label="${`|cosine| of features and latents: ${label}`}" viewBox="${`0 0 ${width} ${cells.length}`}" width="240" height="${(240 * cells.length) / width}" fill="var(--accent)" shape-rendering="crispEdges"><rect width="${width}" height="${cells.length}" fill="var(--wash)"/>${trusted(paths.join(""))}</svg><figcaption>${label}</figcaption></figure>`;
}

const most = 40;
const levels = 10;

/** Start and length of each run of cells with this shade. */
function runs(row: readonly number[], shade: number): readonly (readonly [number, number])[] {
  const found: [number, number][] = [];
  for (const [x, value] of row.entries()) {
    if (Math.round(Math.min(1, Math.abs(value)) * levels) !== shade) continue;
    const last = found.at(-1);
    if (last !== undefined && last[0] + last[1] === x) last[1] += 1;
    else found.push([x, 1]);
  }
  return found;
}
