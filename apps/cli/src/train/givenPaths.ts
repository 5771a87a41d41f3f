import { resolve } from "node:path";
import type { SdlSpec } from "@monosema/sdl";
import { dataTexts } from "../dataFile.js";
import type { Session } from "../session.js";
import { UsageError } from "../usageError.js";
import { type DataPaths, standSideBySide } from "./data.js";
import { variantFrom } from "./spec.js";

/** Several `--data` follow each other, but each is a source where a dictionary has several, as each `--source` is. */
export function givenPaths({ given }: Session, start?: Pick<SdlSpec, "variant">): DataPaths {
  const [data, sources] = [dataTexts(given, "data"), dataTexts(given, "source")];
  if (data.length > 0 && sources.length > 0) {
    throw new UsageError("--data and --source exclude each other; give the sources with --source");
  }
  if (data.length + sources.length === 0) throw new UsageError("--data must be given; see monosema train --help");
  return {
    data: [...data, ...sources],
    target: given.texts("target").map((text) => resolve(text)),
    sideBySide: sources.length > 0 || standSideBySide(variantFrom(given, start)),
  };
}
