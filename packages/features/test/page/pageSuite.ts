import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect } from "vitest";
import { findChromium } from "../../../simd/test/page/chromium.js";
import type { FeatureDocument } from "../../src/index.js";
import { openedPage, type WrittenPage, writtenPage } from "./openedPage.js";

/** Where and how a page is opened. */
export interface VisitOptions extends BrowserContextOptions {
  /** Fragment of the address, such as `#613`. */
  readonly hash?: string;
  /** Another document than that of the suite. */
  readonly document?: FeatureDocument;
}

/** What the tests of a page work with. */
export interface PageSuite {
  /** Opens the page, does something, and expects that nothing left it and nothing failed. */
  visit(act: (page: Page, url: string) => Promise<void>, options?: VisitOptions): Promise<void>;
}

const executablePath = findChromium();
if (executablePath === undefined && process.env.CI) {
  throw new Error("a Chromium is required where CI is set; install one or name it in CHROME_PATH");
}

/** Tests of the page of a document, opened from a disk in a Chromium. */
export function pageSuite(name: string, document: FeatureDocument, tests: (suite: PageSuite) => void): void {
  describe.skipIf(executablePath === undefined)(`${name} (needs a Chromium or CHROME_PATH)`, () => {
    let browser: Browser;
    let own: WrittenPage;

    beforeAll(async () => {
      browser = await chromium.launch({ executablePath: executablePath as string, args: ["--no-sandbox"] });
      own = writtenPage(document);
    });
    afterAll(async () => {
      await browser?.close();
      own?.remove();
    });

    tests({
      async visit(act, { hash = "", document: other, ...options } = {}) {
        const written = other ? writtenPage(other) : own;
        const { page, offences } = await openedPage(browser, written.url + hash, options);
        await act(page, written.url);
        expect(offences).toEqual([]);
        await page.context().close();
        if (other) written.remove();
      },
    });
  });
}

/** Waits until the list says that it has so many features. */
export const listed = (page: Page, count: string): Promise<void> =>
  page.waitForSelector(`.status:text-is("${count}")`).then();

/** Heading of the card. */
export const title = (page: Page): Promise<string | null> => page.textContent("main h2");
