import type { FeatureDocument } from "../featureDocument.js";
import { clientScript, clientScriptHash, clientStyles, clientStylesHash } from "./generated/client.js";
import { packDocument } from "./pack/packDocument.js";

/** A page as files. */
export interface FeaturePage {
  /** Texts of the files by name; `index.html` is the page. */
  readonly files: Readonly<Record<string, string>>;
}

/** Features that stand in `index.html` itself, at most, and features of a file beyond. */
const [INLINE, CHUNK] = [4096, 512];

/**
 * The page of a document: one self-contained `index.html` that opens from a disk, up to 4,096 features; beyond, their records lie in
 * scripts beside it, which are loaded when a feature is opened. No request leaves it. Numbers are rounded to four digits.
 */
export function featurePage(document: FeatureDocument): FeaturePage {
  const { features, title } = document;
  const chunked = features.length > INLINE;
  const { head, pack } = packDocument(document, chunked ? CHUNK : 0);
  const lines = features.map((record) => json(pack(record)));
  const files: Record<string, string> = { "index.html": html(title, json(head), chunked ? [] : lines) };
  if (chunked) {
    for (let chunk = 0; chunk * CHUNK < lines.length; chunk++) {
      const own = lines.slice(chunk * CHUNK, (chunk + 1) * CHUNK);
      files[`features-${chunk}.js`] = `featureChunk(${chunk},[\n${own.join(",\n")}\n]);\n`;
    }
  }
  return { files };
}

/** JSON that may stand in a script. */
const json = (value: unknown): string => JSON.stringify(value).replaceAll("<", "\\u003c");

/** The scripts that hold data are not run; a chunk is, being loaded by a script that is trusted. */
const policy = `default-src 'none'; img-src data:; style-src '${clientStylesHash}'; script-src '${clientScriptHash}' 'strict-dynamic'`;

const html = (title: string, head: string, lines: readonly string[]): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<title>${title.replaceAll("&", "&amp;").replaceAll("<", "&lt;")}</title>
<style>${clientStyles}</style>
</head>
<body>
<noscript>This page of features needs JavaScript; features.json beside it has the same data.</noscript>
<script type="application/json" id="head">${head}</script>
<script type="text/plain" id="features">${lines.join("\n")}</script>
<script>${clientScript}</script>
</body>
</html>
`;
