import type { FeatureRecord } from "../../../featureRecord.js";
import { h, s } from "../element.js";
import { counted, figure, whole } from "../format.js";

const [WIDTH, HEIGHT, FOOT] = [320, 96, 18];

/** How the values of a feature are spread, as bars of equal width. */
export function histogram({ histogram: { edges, counts }, count, max }: FeatureRecord): HTMLElement {
  const most = Math.max(1, ...counts);
  const step = WIDTH / Math.max(1, counts.length);
  const peak = counts.indexOf(most);
  const range = (i: number): string => `${figure(edges[i] as number)} to ${figure(edges[i + 1] as number)}`;
  const every = Math.ceil(edges.length / 7);
  const chart = s(
    "svg",
    {
      viewBox: `0 0 ${WIDTH} ${HEIGHT + FOOT}`,
      class: "histogram",
      role: "img",
      "aria-label": `${counted(count, "value")} up to ${figure(max)}; most of them from ${range(Math.max(0, peak))}`,
    },
    counts.map((own, i) => {
      const height = own === 0 ? 0 : Math.max(1.5, (HEIGHT * own) / most);
      return s(
        "rect",
        { x: i * step + 0.5, y: HEIGHT - height, width: Math.max(1, step - 1), height },
        s("title", {}, `${whole(own)} from ${range(i)}`),
      );
    }),
    s("line", { x1: 0, x2: WIDTH, y1: HEIGHT, y2: HEIGHT }),
    edges.flatMap((edge, i) =>
      i % every === 0
        ? s(
            "text",
            {
              x: i * step,
              y: HEIGHT + 14,
              "text-anchor": i === 0 ? "start" : i === edges.length - 1 ? "end" : "middle",
            },
            figure(edge),
          )
        : [],
    ),
  );
  return h("figure", {}, chart, h("figcaption", {}, `${counted(count, "value")}; the tallest bar has ${whole(most)}`));
}
