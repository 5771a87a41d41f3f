import { writeZip } from "@monosema/tensor";
import { toNeuronpedia } from "../../dashboards/neuronpedia.js";
import { toSaeDashboard } from "../../dashboards/saeDashboard.js";
import type { Example, FeatureRecord } from "../../featureRecord.js";
import { h } from "./element.js";
import { counted } from "./format.js";
import type { Page } from "./page.js";

/** A menu of what can be taken out of the page, and of names that can be read into it. */
export function downloads(page: Page): HTMLElement {
  const { say, names } = page;
  const message = h("p", { class: "message" });
  const tell = (text: string): void => {
    message.textContent = text;
    say(text);
  };
  const item = (text: string, hint: string, name: string, make: () => Promise<string | Uint8Array>): HTMLElement =>
    h(
      "li",
      {},
      h(
        "button",
        {
          type: "button",
          onclick: async () => {
            tell(`Writing ${name}…`);
            try {
              save(name, await make());
              tell(`${name} is written.`);
            } catch (error) {
              tell((error as Error).message);
            }
          },
        },
        text,
      ),
      h("span", { class: "muted" }, hint),
    );
  const chosen = h("input", {
    type: "file",
    id: "names-file",
    accept: ".json,application/json",
    class: "hidden",
    onchange: async () => {
      const [file] = chosen.files ?? [];
      if (file === undefined) return;
      try {
        tell(`${counted(names.read(await file.text()), "name")} read from ${file.name}.`);
        page.redraw();
      } catch (error) {
        tell(`${file.name}: ${(error as Error).message}`);
      }
      chosen.value = "";
    },
  });
  const menu: HTMLDetailsElement = h(
    "details",
    {
      class: "menu",
      onkeydown: (event: KeyboardEvent) => {
        if (event.key !== "Escape") return;
        menu.open = false;
        menu.querySelector("summary")?.focus();
      },
    },
    h("summary", {}, "Files"),
    h(
      "div",
      { class: "menu-body" },
      h(
        "ul",
        {},
        item("names.json", "the names, yours included", "names.json", async () => json(names.all())),
        h(
          "li",
          {},
          h("button", { type: "button", onclick: () => chosen.click() }, "Read names.json…"),
          h("span", { class: "muted" }, "names from a file"),
          h("label", { for: "names-file", class: "hidden" }, "File of names"),
          chosen,
        ),
        item("features.json", "all figures, examples by row", "features.json", async () =>
          json((await records(page)).map(withoutViews)),
        ),
        item("Neuronpedia", "a file per feature, for its graph viewer", "neuronpedia.zip", async () =>
          zip((await records(page)).map((record) => [`${record.latent}.json`, toNeuronpedia(record)])),
        ),
        item("SAEDashboard", "batch files, for Neuronpedia's import", "saedashboard.zip", async () => {
          const batches = toSaeDashboard({ ...page.data.head, features: await records(page) });
          return zip(batches.map((batch, i) => [`batch-${i}.json`, batch]));
        }),
      ),
      message,
    ),
  );
  document.addEventListener("pointerdown", (event) => {
    if (!menu.contains(event.target as Node)) menu.open = false;
  });
  return menu;
}

/** All records, with their names as they are now. */
async function records({ data, names }: Page): Promise<readonly FeatureRecord[]> {
  const all: FeatureRecord[] = [];
  for (let place = 0; place < data.count; place++) {
    const { name: _, ...record } = await data.load(place);
    const name = names.of(place);
    all.push(name === "" ? record : { ...record, name });
  }
  return all;
}

/** As in features.json: rows in place of what is to be seen of them. */
function withoutViews(record: FeatureRecord): FeatureRecord {
  const plain = ({ view: _, ...example }: Example): Example => example;
  return {
    ...record,
    examples: record.examples.map(plain),
    quantiles: record.quantiles.map((quantile) => ({ ...quantile, examples: quantile.examples.map(plain) })),
  };
}

const json = (value: unknown): string => `${JSON.stringify(value)}\n`;

const zip = (files: readonly (readonly [string, unknown])[]): Uint8Array =>
  writeZip(files.map(([name, value]) => [name, new TextEncoder().encode(json(value))]));

function save(name: string, content: string | Uint8Array): void {
  const link = h("a", { href: URL.createObjectURL(new Blob([content as BlobPart])), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
