import { it } from "vitest";
import { generatedDocument } from "../support/generatedDocument.js";
import { listed, pageSuite } from "./pageSuite.js";

const document = generatedDocument();

pageSuite("the map of the page", document, ({ visit }) => {
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
});
