import type { Preset } from "./preset.js";
import { hardPresets } from "./presets/hard.js";
import { paperPresets } from "./presets/paper.js";
import { synthsaePreset } from "./presets/synthsae.js";

/** The built-in settings by name. */
export const presets: Readonly<Record<string, Preset>> = Object.fromEntries(
  [...paperPresets, ...hardPresets, synthsaePreset].map((preset) => [preset.name, preset]),
);
