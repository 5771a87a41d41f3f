import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import type { FeatureDocument } from "../../src/index.js";
import { featurePage } from "../../src/page.js";

/** A page on a disk. */
export interface WrittenPage {
  /** Its `file://` address. */
  readonly url: string;
  /** Removes it. */
  remove(): void;
}

/** Writes the page of a document as a person has it. */
export function writtenPage(document: FeatureDocument): WrittenPage {
  const folder = mkdtempSync(join(tmpdir(), "features-"));
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of Object.entries(featurePage(document).files)) writeFileSync(join(folder, name), text);
  return {
    url: pathToFileURL(join(folder, "index.html")).href,
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** A page in a browser, and what it must not do. */
export interface OpenedPage {
  /** The page. */
  readonly page: Page;
  /** Requests beyond the page's own files, errors, and messages on the console, by now. */
  readonly offences: readonly string[];
}

/** Opens a page in a browser profile of its own. */
export async function openedPage(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<OpenedPage> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
  const page = await context.newPage();
  const offences: string[] = [];
  const folder = url.replace(/[^/]*$/, "");
  page.on("request", (request) => {
    const address = request.url();
    if (!address.startsWith(folder) && !/^(data|blob):/.test(address)) offences.push(`request of ${address}`);
  });
  page.on("pageerror", (error) => offences.push(String(error)));
  page.on("console", (message) => offences.push(`${message.type()}: ${message.text()}`));
  await page.goto(url);
  await page.waitForSelector(".row");
  return { page, offences };
}
