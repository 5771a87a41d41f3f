#!/usr/bin/env node
import { existsSync } from "node:fs";

const entry = new URL("../dist/supervise.js", import.meta.url);
if (!existsSync(entry)) {
  process.stderr.write("monosema: not built yet; run `npm run setup && npm run build` at the root of the clone\n");
  process.exitCode = 1;
} else {
  const { supervise } = await import(entry.href);
  process.exitCode = await supervise(process.argv.slice(2));
}
