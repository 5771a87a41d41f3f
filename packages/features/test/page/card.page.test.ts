import { readFileSync } from "node:fs";
import { bytesSource, openZip } from "@monosema/tensor";
import type { Download, Page } from "playwright-core";
import { expect, it } from "vitest";
import { toNeuronpedia } from "../../src/index.js";
import { generatedDocument } from "../support/generatedDocument.js";
import { listed, pageSuite, title } from "./pageSuite.js";

const document = generatedDocument();

pageSuite("the cards of the page, and its files", document, ({ visit }) => {
  it("shows all that a record has, of every kind of example", () =>
    visit(
      async (page, url) => {
        const text = await page.textContent("main");
        for (const part of [
          "94 % (95 % interval 88 % to 97 %) of the 131 rows at or above half the maximum, 2,300 times its base rate",
          "fires on 61 % of the rows that the rule describes, which are 0.04 % of all",
          ...[
            "absorbed by #7: it does not fire where #7 does",
            "it comes back in 2 replicas",
            "Class that it tells best",
          ],
          ...["tales/three.txt", "Fires together with", "Examples from 50 % to 75 % of its values"],
          "monosema features 'runs/my train' --data acts.npy --latents 2",
        ]) {
          expect(text).toContain(part);
        }
        expect(await page.locator(".picture img").count()).toBe(18);
        expect(await page.locator(".picture .outline").count()).toBe(18);
        await page.goto(`${url}#3`);
        expect(await page.locator("main .strip").count()).toBe(18);
        expect(await page.textContent("main .verdict")).toContain("monosema audit 'runs/my train' --data acts.npy");
        await page.goto(`${url}#4`);
        expect(await page.textContent("main")).toContain("Promoted");
        const first = page.locator("main .example >> nth=0");
        await first.locator("summary").click();
        expect(await first.locator(".more").textContent()).toMatch(/^row [\d,]+, document \d+.*Values: /);
        const own = first.locator(".own");
        expect(await own.getAttribute("title")).toBe(await first.locator(".value").textContent());
        await page.goto(`${url}#0`);
        expect(await page.textContent("main")).toContain("Never fires on the 24,000 rows");
      },
      { hash: "#2" },
    ));

  it("keeps a name, writes it, and reads it back elsewhere", async () => {
    let names = "";
    await visit(
      async (page) => {
        await page.click("text=Rename");
        await page.fill("#name", "looks & <seems>");
        await page.keyboard.press("Enter");
        expect(await title(page)).toBe("#2 looks & <seems>");
        // The browser may hand what is stored to a new process a little later.
        await expect
          .poll(async () => {
            await page.reload();
            return title(page);
          })
          .toBe("#2 looks & <seems>");
        await page.click("summary:has-text('Files')");
        names = await contentOf(await downloaded(page, "names.json"));
      },
      { hash: "#2" },
    );
    expect(JSON.parse(names)).toMatchObject({ 2: "looks & <seems>", 7: "topic 7" });
    await visit(async (page) => {
      const file = (text: string) => ({ name: "n.json", mimeType: "application/json", buffer: Buffer.from(text) });
      await page.click("summary:has-text('Files')");
      await page.setInputFiles("#names-file", file('{"99": "far"}'));
      await page.waitForSelector('.message:has-text("names must be texts by latent")');
      await page.setInputFiles("#names-file", file(names));
      await page.waitForSelector(
        `.message:has-text("${Object.keys(JSON.parse(names)).length} names read from n.json")`,
      );
      await page.fill("#query", "looks &");
      await listed(page, "1 of 60");
    });
  });

  it("writes the files of others", () =>
    visit(async (page) => {
      await page.click("summary:has-text('Files')");
      const features = JSON.parse(await contentOf(await downloaded(page, "features.json")));
      expect(features).toHaveLength(60);
      expect(features[2].examples[0]).toEqual({
        row: document.features[2]?.examples[0]?.row,
        value: Number(document.features[2]?.examples[0]?.value.toPrecision(4)),
        document: document.features[2]?.examples[0]?.document,
        position: document.features[2]?.examples[0]?.position,
      });
      const zip = await openZip(bytesSource(readFileSync(await (await downloaded(page, "Neuronpedia")).path()), "zip"));
      const entry = await zip.read("3.json");
      const record = document.features[3];
      if (record === undefined) throw new Error("internal: there is a latent 3");
      expect(JSON.parse(new TextDecoder().decode(entry)).examples_quantiles).toHaveLength(
        toNeuronpedia(record).examples_quantiles.length,
      );
      const batches = await openZip(
        bytesSource(readFileSync(await (await downloaded(page, "SAEDashboard")).path()), "zip"),
      );
      expect(JSON.parse(new TextDecoder().decode(await batches.read("batch-0.json"))).features).toHaveLength(59);
    }));
});

/** The file that a button of the menu writes. */
async function downloaded(page: Page, button: string): Promise<Download> {
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.click(`.menu button:text-is("${button}")`),
  ]);
  return download;
}

const contentOf = async (download: Download): Promise<string> => readFileSync(await download.path(), "utf8");
