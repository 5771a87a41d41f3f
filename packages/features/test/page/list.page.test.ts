import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { generatedDocument } from "../support/generatedDocument.js";
import { listed, pageSuite, title } from "./pageSuite.js";

const document = generatedDocument();

/** Numbers of the features in sight, in order. */
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

pageSuite("the list of the page", document, ({ visit }) => {
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
      async (page, url) => {
        expect(await title(page)).toBe("#2 seems, appears");
        await page.click("main .pairs a >> nth=0");
        expect(page.url()).toMatch(/#3$/);
        expect(await title(page)).toMatch(/^#3 /);
        await page.goBack();
        await page.waitForSelector("main h2:has-text('seems, appears')");
        await page.goto(`${url}#999`);
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

  it("has a bounded number of rows in the document for 4,096 latents", () =>
    visit(
      async (page) => {
        await listed(page, "4,095 of 4,096");
        const [most, last] = (await page.evaluate(scrollThrough)) as [number, number];
        expect(most).toBeLessThan(40);
        expect(last).toBe(4095);
      },
      { document: generatedDocument({ latents: 4096, examples: 2, kinds: ["tokens"] }) },
    ));

  it("shows a few latents of many, without a map, an audit or tokens", () => {
    const [plain, , other] = generatedDocument({ latents: 6, kinds: ["vector"] }).features.slice(1);
    if (plain === undefined || other === undefined) throw new Error("internal: there are six latents");
    const { map: _, ...rest } = generatedDocument({ latents: 2 });
    const few = {
      ...rest,
      latents: 2048,
      features: [
        { ...plain, latent: 7 },
        { ...other, latent: 613 },
      ],
    };
    return visit(
      async (page) => {
        expect(await title(page)).toContain("#613");
        await listed(page, "2 of 2");
        expect(await page.locator(".map").count()).toBe(0);
        expect(await page.locator("main .pairs a").count()).toBe(0);
        expect(await page.$$eval("#sort option", (options) => options.map((one) => one.getAttribute("value")))).toEqual(
          [...["max", "rate", "name", "latent"]],
        );
      },
      { hash: "#613", document: few },
    );
  });

  it("loads the features of a large dictionary from the files beside it", () =>
    visit(
      async (page) => {
        await page.waitForSelector("main h2:has-text('#4102')");
        expect(await page.locator("main .example").count()).toBe(7);
        expect(await page.locator("head script").count()).toBe(1);
      },
      { hash: "#4102", document: generatedDocument({ latents: 4200, examples: 1, kinds: ["tokens"] }) },
    ));
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
