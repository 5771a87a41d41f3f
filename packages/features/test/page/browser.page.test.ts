import { readFileSync } from "node:fs";
import { bytesSource, openZip } from "@monosema/tensor";
import axe from "axe-core";
import { type Browser, chromium, type Download, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findChromium } from "../../../simd/test/page/chromium.js";
import { toNeuronpedia } from "../../src/index.js";
import { generatedDocument } from "../support/generatedDocument.js";
import { type OpenedPage, openedPage, type WrittenPage, writtenPage } from "./openedPage.js";

const executablePath = findChromium();
if (executablePath === undefined && process.env.CI) {
  throw new Error("a Chromium is required where CI is set; install one or name it in CHROME_PATH");
}

const document = generatedDocument({ latents: 60 });

describe.skipIf(executablePath === undefined)("the page from a disk (needs a Chromium or CHROME_PATH)", () => {
  let browser: Browser;
  let written: WrittenPage;

  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: executablePath as string, args: ["--no-sandbox"] });
    written = writtenPage(document);
  });
  afterAll(async () => {
    await browser?.close();
    written?.remove();
  });

  /** Opens the page, does something, and expects that nothing left it and nothing failed. */
  const visit = async (
    act: (page: Page) => Promise<void>,
    { hash = "", ...options }: { readonly hash?: string } & Parameters<typeof openedPage>[2] = {},
    url = written.url,
  ): Promise<void> => {
    const { page, offences }: OpenedPage = await openedPage(browser, url + hash, options);
    await act(page);
    expect(offences).toEqual([]);
    await page.context().close();
  };

  const numbers = (page: Page): Promise<number[]> =>
    page.$$eval(".row:not([hidden])", (rows) =>
      rows
        .map((row) => [
          Number(row.getAttribute("aria-posinset")),
          Number(row.querySelector(".number")?.textContent?.slice(1)),
        ])
        .sort(([a = 0], [b = 0]) => a - b)
        .map(([, latent = -1]) => latent),
    );
  const listed = (page: Page, count: string): Promise<void> =>
    page.waitForSelector(`.status:text-is("${count}")`).then();
  const title = (page: Page): Promise<string | null> => page.textContent("main h2");

  it("lists the features, dead ones on demand", () =>
    visit(async (page) => {
      await listed(page, "59 of 60");
      await page.uncheck("#dead");
      await listed(page, "60 of 60");
    }));

  it("searches names, tokens and contexts, and says how many it found", () =>
    visit(async (page) => {
      await page.fill("#query", "seems, app");
      await listed(page, "1 of 60");
      expect(await numbers(page)).toEqual([2]);
      await page.fill("#query", "nothing of the kind");
      await listed(page, "0 of 60");
      const context = document.features[8]?.examples[7]?.view;
      if (context?.kind !== "tokens") throw new Error("internal: latent 8 has tokens");
      await page.fill("#query", context.tokens.slice(4, 12).join("").toUpperCase());
      await listed(page, "1 of 60");
      expect(await numbers(page)).toEqual([8]);
      await page.waitForSelector('[role="status"]:text-is("1 of 60 features listed")', { state: "attached" });
    }));

  it("sorts by each figure, both ways", () =>
    visit(async (page) => {
      const by = (figure: (latent: number) => number): number[] =>
        Array.from({ length: 59 }, (_, i) => i + 1).sort((a, b) => figure(b) - figure(a) || a - b);
      const max = by((latent) => document.features[latent]?.max ?? 0);
      await page.selectOption("#sort", "max");
      expect((await numbers(page)).slice(0, 8)).toEqual(max.slice(0, 8));
      await page.click(".direction");
      expect((await numbers(page)).slice(0, 8)).toEqual(max.toReversed().slice(0, 8));
      await page.selectOption("#sort", "rate");
      expect((await numbers(page)).slice(0, 3)).toEqual([59, 58, 57]);
      await page.selectOption("#sort", "name");
      expect((await numbers(page))[0]).toBe(2);
      await page.selectOption("#sort", "latent");
      expect((await numbers(page)).slice(0, 3)).toEqual([1, 2, 3]);
    }));

  it("sorts by similarity to a chosen feature", () =>
    visit(
      async (page) => {
        await page.click("text=Sort the list by similarity");
        expect((await numbers(page)).slice(0, 4)).toEqual([10, 11, 12, 13]);
      },
      { hash: "#10" },
    ));

  it("opens a feature by its address, and goes back", () =>
    visit(
      async (page) => {
        expect(await title(page)).toBe("#2 seems, appears");
        await page.click("main .pairs a >> nth=0");
        expect(page.url()).toMatch(/#3$/);
        expect(await title(page)).toMatch(/^#3 /);
        await page.goBack();
        await page.waitForSelector("main h2:has-text('seems, appears')");
        await page.goto(`${written.url}#999`);
        expect(await page.textContent("main .note")).toContain("There is no latent 999 here");
      },
      { hash: "#2" },
    ));

  it("moves through the list by arrow keys", () =>
    visit(async (page) => {
      await page.selectOption("#sort", "latent");
      await page.focus("#query");
      await page.keyboard.press("ArrowDown");
      for (let i = 0; i < 25; i++) await page.keyboard.press("ArrowDown");
      await page.waitForSelector("main h2:has-text('#26')");
      expect(await page.getAttribute(".list", "aria-activedescendant")).toBe("row-26");
      expect(await page.isVisible('[aria-selected="true"]')).toBe(true);
      await page.keyboard.press("Home");
      await page.waitForSelector("main h2:has-text('#1 ')");
      await page.keyboard.press("Enter");
      expect(await page.evaluate("document.activeElement.tagName")).toBe("H2");
    }));

  it("shows all that a record has, of every kind of example", () =>
    visit(
      async (page) => {
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
        await page.goto(`${written.url}#3`);
        expect(await page.locator("main .strip").count()).toBe(18);
        expect(await page.textContent("main .verdict")).toContain("monosema audit 'runs/my train' --data acts.npy");
        await page.goto(`${written.url}#4`);
        expect(await page.textContent("main")).toContain("Promoted");
        const first = page.locator("main .example >> nth=0");
        await first.locator("summary").click();
        expect(await first.locator(".more").textContent()).toMatch(/^row [\d,]+, document \d+.*Values: /);
        const own = first.locator(".own");
        expect(await own.getAttribute("title")).toBe(await first.locator(".value").textContent());
        await page.goto(`${written.url}#0`);
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

  it("keeps in the list what a brush on the map holds, by pointer and by keys", () =>
    visit(async (page) => {
      const box = await page.locator(".map").boundingBox();
      if (box === null) throw new Error("internal: the map is seen");
      await page.mouse.move(box.x + 1, box.y + 1);
      await page.mouse.down();
      await page.mouse.move(box.x + box.width / 2, box.y + box.height - 1, { steps: 4 });
      await page.mouse.up();
      await page.waitForSelector(".chip:has-text('marked on the map')");
      const x = document.map?.x ?? [];
      const middle = (Math.min(...x) + Math.max(...x)) / 2;
      const left = x.filter((value, latent) => latent > 0 && value <= middle).length;
      await listed(page, `${left} of 60`);
      await page.click(".chip");
      await listed(page, "59 of 60");

      await page.focus(".map");
      await page.keyboard.press("ArrowRight");
      for (let i = 0; i < 30; i++) await page.keyboard.press("+");
      await listed(page, "59 of 60");
      await page.waitForSelector(".chip");
      await page.keyboard.press("Escape");
      await page.waitForSelector(".chip", { state: "detached" });
    }));

  it("shows the name of a point and opens it", () =>
    visit(async (page) => {
      const box = await page.locator(".map").boundingBox();
      if (box === null) throw new Error("internal: the map is seen");
      const { x = [], y = [] } = document.map ?? {};
      const at = (values: readonly number[], size: number): number =>
        size *
        (0.03 + (0.94 * ((values[7] as number) - Math.min(...values))) / (Math.max(...values) - Math.min(...values)));
      await page.mouse.move(box.x + at(x, box.width), box.y + at(y, box.height));
      await page.waitForSelector(".tip:has-text('#7 topic 7')");
      await page.mouse.down();
      await page.mouse.up();
      await page.waitForSelector("main h2:has-text('topic 7')");
    }));

  it.each(["light", "dark"] as const)("has no serious fault of accessibility: %s", (colorScheme) =>
    visit(
      async (page) => {
        for (const hash of ["", "#2", "#4", "#3", "#0"]) {
          await page.goto(written.url + hash);
          await page.reload();
          await page.waitForSelector(".row");
          await page.evaluate(axe.source);
          const { violations } = (await page.evaluate("axe.run()")) as {
            violations: { id: string; impact: string; nodes: { html: string; failureSummary: string }[] }[];
          };
          const serious = violations.filter(({ impact }) => ["serious", "critical"].includes(impact));
          const faults = serious.flatMap(({ id, nodes }) =>
            nodes.map((node) => `${id}: ${node.html} ${node.failureSummary}`),
          );
          expect(faults).toEqual([]);
        }
      },
      { colorScheme },
    ),
  );

  it("needs no sideways scrolling on a phone, where list and card take turns", () =>
    visit(
      async (page) => {
        const fits = async (): Promise<void> =>
          expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(390);
        await fits();
        expect(await page.isVisible("main")).toBe(false);
        await page.click(".row >> nth=1");
        await page.waitForSelector("main h2");
        expect(await page.isVisible(".list")).toBe(false);
        for (const latent of [0, 2, 3, 4, 5]) {
          await page.goto(`${written.url}#${latent}`);
          await page.waitForSelector(`main h2:has-text('#${latent}')`);
          await fits();
        }
        await page.click("main .back");
        expect(await page.isVisible(".list")).toBe(true);
        await page.goto(`${written.url}#about`);
        await page.waitForSelector("main .map");
        await fits();
      },
      { viewport: { width: 390, height: 844 } },
    ));

  it("has a bounded number of rows in the document for 4,096 latents", async () => {
    const large = writtenPage(generatedDocument({ latents: 4096, examples: 2, kinds: ["tokens"] }));
    await visit(
      async (page) => {
        await listed(page, "4,095 of 4,096");
        const [most, last] = (await page.evaluate(scrollThrough)) as [number, number];
        expect(most).toBeLessThan(40);
        expect(last).toBe(4095);
      },
      {},
      large.url,
    );
    large.remove();
  });

  it("loads the features of a large dictionary from the files beside it", async () => {
    const large = writtenPage(generatedDocument({ latents: 4200, examples: 1, kinds: ["tokens"] }));
    await visit(
      async (page) => {
        await page.waitForSelector("main h2:has-text('#4102')");
        expect(await page.locator("main .example").count()).toBe(7);
        expect(await page.locator("head script").count()).toBe(1);
      },
      { hash: "#4102" },
      large.url,
    );
    large.remove();
  });
});

/** Scrolls the list to its end; gives the most rows in the document, and the last place of the list that was shown. */
const scrollThrough = `(async () => {
  const list = document.querySelector(".list");
  const rows = () => [...document.querySelectorAll(".row")];
  let most = 0;
  for (let i = 0; i <= 50; i++) {
    list.scrollTop = (list.scrollHeight * i) / 50;
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    most = Math.max(most, rows().length);
  }
  return [most, Math.max(...rows().map((row) => Number(row.ariaPosInSet)))];
})()`;

/** The file that a button of the menu writes. */
async function downloaded(page: Page, button: string): Promise<Download> {
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.click(`.menu button:text-is("${button}")`),
  ]);
  return download;
}

const contentOf = async (download: Download): Promise<string> => readFileSync(await download.path(), "utf8");
