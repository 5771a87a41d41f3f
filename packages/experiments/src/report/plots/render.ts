import * as Plot from "@observablehq/plot";
import { parseHTML } from "linkedom";
import { html, type Markup, trusted } from "../markup.js";

/** Frame of a plot of half the page's width. */
export const frame = { width: 460, height: 230, marginLeft: 46, marginTop: 26, marginBottom: 38 } as const;

/** A plot as a figure with an accessible name and a caption. */
export function figure(name: string, caption: string, options: Plot.PlotOptions): Markup {
  return html`<figure role="group" aria-label="${name}">${rendered(name, options)}<figcaption>${caption}</figcaption></figure>`;
}

/** A plot as SVG text, drawn without a browser. */
export function rendered(name: string, options: Plot.PlotOptions): Markup {
  const { document } = parseHTML("<!doctype html><html><body></body></html>");
  const svg = Plot.plot({
    ...options,
    document,
    className: "plot",
    ariaLabel: name,
    style: { background: "none", color: "inherit", fontSize: "12px" },
  });
  svg.setAttribute("role", "img");
  return trusted(svg.outerHTML);
}
