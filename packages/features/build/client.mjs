// Bundles the script and the style sheet of the page into one TypeScript module, each with its hash for the page's
// Content-Security-Policy, so that `featurePage` needs no file beside it.
import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));
const target = join(root, "src", "page", "generated");

const texts = await Promise.all(
  ["client.ts", "client.css"].map(async (file) => {
    const { outputFiles } = await build({
      entryPoints: [join(root, "src", "page", "client", file)],
      tsconfig: join(root, "tsconfig.client.json"),
      bundle: true,
      minify: true,
      format: "iife",
      target: ["es2022", "chrome111", "firefox113", "safari16.4"],
      charset: "utf8",
      write: false,
      logLevel: "warning",
    });
    return outputFiles[0].text.trim();
  }),
);

const module = [
  ["clientScript", "Script of the page.", texts[0]],
  ["clientStyles", "Style sheet of the page.", texts[1]],
].map(([name, what, text]) => {
  const hash = createHash("sha256").update(text).digest("base64");
  return [
    `/** ${what} */\nexport const ${name}: string = ${JSON.stringify(text)};`,
    `/** Its hash in a Content-Security-Policy. */\nexport const ${name}Hash: string = "sha256-${hash}";`,
  ].join("\n");
});
mkdirSync(target, { recursive: true });
writeFileSync(join(target, "client.ts"), `${module.join("\n")}\n`);
