import { resolve } from "node:path";
import type { SdlSpec } from "@monosema/sdl";
import { dataTexts } from "../dataFile.js";
import type { Session } from "../session.js";
import { UsageError } from "../usageError.js";
import type { DataPaths } from "./data.js";
import { variantFrom } from "./spec.js";

/** Several `--data` follow each other, but of a crosscoder each is a source, as each `--source` is. */
export function givenPaths({ given }: Session, start?: Pick<SdlSpec, "variant">): DataPaths {
  const target = given.text("target");
  const [data, sources] = [dataTexts(given, "data"), dataTexts(given, "source")];
  if (data.length > 0 && sources.length > 0) {
    throw new UsageError("--data and --source exclude each other; give a crosscoder's sources with --source");
  }
  if (data.length + sources.length === 0) throw new UsageError("--data must be given; see monosema train --help");
  return {
    data: [...data, ...sources],
    sideBySide: sources.length > 0 || variantFrom(given, start) === "crosscoder",
    ...(target === undefined ? {} : { target: resolve(target) }),
  };
}
