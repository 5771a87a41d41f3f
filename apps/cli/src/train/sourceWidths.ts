import type { SdlSpec } from "@monosema/sdl";
import type { Given } from "../options.js";
import { UsageError } from "../usageError.js";

/**
 * Widths of sources or targets that stand side by side: of several files those of each, of one as the option says, else as the dictionary
 * of `--init` has them.
 *
 * @param widths - of the files
 * @throws UsageError where nothing says so, or the widths are not those of the data
 */
export function sourceWidths(
  given: Given,
  option: "sources" | "targets",
  variant: SdlSpec["variant"],
  widths: readonly number[],
  start?: readonly number[],
): readonly number[] {
  const text = given.text(option);
  const one = option.slice(0, -1);
  if (text === undefined) {
    if (widths.length > 1) return widths;
    if (start) return start;
    throw new UsageError(
      `--variant ${variant} needs --${one} several times, or one --${one === "source" ? "data" : one} and --${option} with the width of each ${one}; give one of them`,
    );
  }
  const named = text.split(",").map(Number);
  const [sum, total] = [named, widths].map((list) => list.reduce((a, b) => a + b, 0)) as [number, number];
  if (named.some((width) => !Number.isInteger(width) || width < 1) || sum !== total) {
    throw new UsageError(
      `--${option} must be whole widths that sum to the data's ${total} columns, got ${text}; correct it`,
    );
  }
  if (widths.length > 1 && named.join() !== widths.join()) {
    throw new UsageError(
      `--${option} must be the widths of the files where there are several, ${widths.join()}, got ${text}; drop it`,
    );
  }
  return named;
}
