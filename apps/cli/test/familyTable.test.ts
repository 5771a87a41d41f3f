import { readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, it } from "vitest";
import { temporaryFolder } from "./support/cli.js";
import { familyTable } from "./support/families.js";

const guide = resolve(import.meta.dirname, "../../../docs/guide/other-programs.md");
const [begin, end] = ["<!-- families: npm run docs:families -->\n", "\n<!-- end -->"];

it("the guide's table of families and commands is what the commands do", { timeout: 600_000 }, async () => {
  const text = readFileSync(guide, "utf8");
  const [from, to] = [text.indexOf(begin) + begin.length, text.indexOf(end)];
  const table = await familyTable(temporaryFolder());
  if (process.env.MONOSEMA_WRITE_FAMILIES) writeFileSync(guide, text.slice(0, from) + table + text.slice(to));
  else expect(text.slice(from, to)).toBe(table);
});
