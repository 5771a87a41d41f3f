import axe from "axe-core";
import { expect, it } from "vitest";
import { generatedDocument } from "../support/generatedDocument.js";
import { pageSuite } from "./pageSuite.js";

pageSuite("the page for everybody", generatedDocument(), ({ visit }) => {
  it.each(["light", "dark"] as const)("has no serious fault of accessibility: %s", (colorScheme) =>
    visit(
      async (page, url) => {
        for (const hash of ["", "#2", "#4", "#3", "#0"]) {
          await page.goto(url + hash);
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
      async (page, url) => {
        const fits = async (): Promise<void> =>
          expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(390);
        await fits();
        expect(await page.isVisible("main")).toBe(false);
        await page.click(".row >> nth=1");
        await page.waitForSelector("main h2");
        expect(await page.isVisible(".list")).toBe(false);
        for (const latent of [0, 2, 3, 4, 5]) {
          await page.goto(`${url}#${latent}`);
          await page.waitForSelector(`main h2:has-text('#${latent}')`);
          await fits();
        }
        await page.click("main .back");
        expect(await page.isVisible(".list")).toBe(true);
        await page.goto(`${url}#about`);
        await page.waitForSelector("main .map");
        await fits();
      },
      { viewport: { width: 390, height: 844 } },
    ));
});
