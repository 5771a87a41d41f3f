import type { FeatureDocument } from "../featureDocument.js";
import type { FeatureRecord } from "../featureRecord.js";
import { featureLabel } from "./featureLabel.js";
import { clientScript, clientScriptHash, clientStyles, clientStylesHash } from "./generated/client.js";
import { type Preview, packFeatures, packHead, previewOf } from "./pack/packDocument.js";

/** A page as files. */
export interface FeaturePage {
  /** Texts of the files by name; `index.html` is the page. */
  readonly files: Readonly<Record<string, string>>;
}

/** A file of a page. */
export type PageFile = readonly [name: string, text: string];

/** Features that stand in `index.html` itself, at most, and features of a file beyond. */
const [INLINE, CHUNK] = [4096, 512];

/**
 * The page of a document: one self-contained `index.html` that opens from a disk, up to 4,096 features; beyond, their records lie in
 * scripts beside it, which are loaded when a feature is opened. No request leaves it. Numbers are rounded to four digits.
 */
export function featurePage(document: FeatureDocument): FeaturePage {
  const page = openPage(document);
  const files = page.parts.map((records) => page.add(records));
  return { files: Object.fromEntries([...files.flat(), page.index()]) };
}

/**
 * The same page, a file at a time, for documents whose examples have no views yet: so that those of a part of the features are held at once.
 *
 * @param seen - gives records with what a person looks at, see `withViews`
 */
export async function* featurePageFiles(
  document: FeatureDocument,
  seen: (records: readonly FeatureRecord[]) => Promise<readonly FeatureRecord[]>,
): AsyncGenerator<PageFile, void, void> {
  const page = openPage(document);
  for (const records of page.parts) yield* page.add(await seen(records));
  yield page.index();
}

/** A page that is being made: its parts are added in order, with views, and the index comes last. */
function openPage(document: FeatureDocument) {
  const { features, title } = document;
  const size = features.length > INLINE ? CHUNK : Math.max(1, features.length);
  const parts = Array.from({ length: Math.ceil(features.length / size) }, (_, i) =>
    features.slice(i * size, (i + 1) * size),
  );
  const [label, preview]: [string[], Preview[]] = [[], []];
  let inline: { readonly texts: readonly string[]; readonly lines: readonly string[] } = { texts: [], lines: [] };
  let added = 0;
  return {
    parts,
    add(records: readonly FeatureRecord[]): readonly PageFile[] {
      for (const record of records) {
        label.push(featureLabel(record));
        preview.push(previewOf(record));
      }
      const packed = packFeatures(records);
      const lines = packed.records.map(json);
      if (features.length <= INLINE) {
        inline = { texts: packed.texts, lines };
        return [];
      }
      const call = `featureChunk(${added},${json(packed.texts)},[\n${lines.join(",\n")}\n]);\n`;
      added += 1;
      return [[`features-${added - 1}.js`, call]];
    },
    index(): PageFile {
      const chunk = features.length > INLINE ? CHUNK : 0;
      return [
        "index.html",
        html(title, json(packHead(document, { texts: inline.texts, chunk, label, preview })), inline.lines),
      ];
    },
  };
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
