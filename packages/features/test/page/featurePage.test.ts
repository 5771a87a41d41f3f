import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { FeatureRecord } from "../../src/index.js";
import { clientScript } from "../../src/page/generated/client.js";
import { featurePage, featurePageFiles } from "../../src/page.js";
import { generatedDocument } from "../support/generatedDocument.js";

const bytes = (text: string): number => Buffer.byteLength(text);

describe("featurePage", () => {
  it("is one file of less than 8 MB for 2,048 latents with 24 examples of 17 tokens", () => {
    const { files } = featurePage(generatedDocument({ latents: 2048, examples: 24, kinds: ["tokens"] }));
    expect(Object.keys(files)).toEqual(["index.html"]);
    expect(bytes(files["index.html"] as string)).toBeLessThan(8e6);
  });

  it("is a page and its chunks beyond 4,096 latents", () => {
    const { files } = featurePage(generatedDocument({ latents: 4200, examples: 1 }));
    expect(Object.keys(files)).toEqual([...Array.from({ length: 9 }, (_, i) => `features-${i}.js`), "index.html"]);
    expect(bytes(files["index.html"] as string)).toBeLessThan(2e6);
    const chunks: unknown[][] = [];
    const run = new Function("featureChunk", files["features-8.js"] as string);
    run((chunk: number, _texts: readonly string[], records: unknown[]) => {
      chunks[chunk] = records;
    });
    expect(chunks[8]).toHaveLength(4200 - 8 * 512);
  });

  it.each([30, 4200])("is made a file at a time to the same texts, of %i latents", async (latents) => {
    const document = generatedDocument({ latents, examples: 1 });
    const without = { ...document, features: document.features.map((record) => ({ ...record, examples: [] })) };
    const asked: number[] = [];
    const files: Record<string, string> = {};
    for await (const [name, text] of featurePageFiles(without, async (records) => {
      asked.push(records.length);
      return records.map(({ latent }) => document.features[latent] as FeatureRecord);
    })) {
      files[name] = text;
    }
    expect(files).toEqual(featurePage(document).files);
    expect(Math.max(...asked)).toBe(Math.min(latents, 512));
  });

  it("lets no text of the data out of its script", () => {
    const page = featurePage({ ...generatedDocument(), title: "</title><script>alert(1)</script>" }).files[
      "index.html"
    ];
    expect(page?.match(/<script/g)).toHaveLength(3);
    expect(page?.match(/<\/script/g)).toHaveLength(3);
  });

  it("allows its own script and style alone", () => {
    const page = featurePage(generatedDocument()).files["index.html"] as string;
    const hash = (text = ""): string => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
    const policy = /Content-Security-Policy" content="([^"]*)"/.exec(page)?.[1];
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain(`script-src ${hash(/<script>([\s\S]*?)<\/script>/.exec(page)?.[1])}`);
    expect(policy).toContain(`style-src ${hash(/<style>([\s\S]*?)<\/style>/.exec(page)?.[1])}`);
  });

  it("has a script of less than 60 kB", () => expect(bytes(clientScript)).toBeLessThan(60_000));
});
