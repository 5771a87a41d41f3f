import { SettingsError } from "./checkSettings.js";
import { type Method, methods } from "./methods.js";
import { fifth, type Preset } from "./preset.js";
import { presets } from "./presets.js";
import type { Recipe } from "./recipe.js";

/** Changes to a preset by name, as `--set key=value` gives them: a key of the preset, of every recipe, or `method.key`. */
export type Settings = readonly (readonly [key: string, value: string])[];

/**
 * A preset with changes. `anchors` counts anchors of every kind; without it a change of `n` keeps the frequent ones at a fifth.
 *
 * @throws RangeError for an unknown preset; SettingsError for an unknown key, or a value of the wrong kind
 */
export function configured(name: string, settings: Settings = [], steps?: number): Preset {
  const preset = Object.hasOwn(presets, name) ? presets[name] : undefined;
  if (preset === undefined) {
    throw new RangeError(`preset: must be one of ${Object.keys(presets).join(", ")}, got ${name}; choose one`);
  }
  const changes: Settings = steps === undefined ? settings : [...settings, ["steps", String(steps)]];
  const changed = changes.reduce((before, [key, value]) => withSetting(before, key, value), preset);
  const { n, anchors } = changed;
  if (changes.some(([key]) => key === "frequentAnchors")) return changed;
  if (changes.some(([key]) => key === "anchors")) return { ...changed, frequentAnchors: anchors };
  return n === preset.n ? changed : { ...changed, frequentAnchors: fifth(n) };
}

function withSetting(preset: Preset, key: string, value: string): Preset {
  const [head, own, ...more] = key.split(".") as [string, string | undefined];
  if (more.length > 0) throw unknownKey(preset, key);
  if (own !== undefined) {
    if (!methods.includes(head as Method)) throw unknownKey(preset, key);
    return {
      ...preset,
      recipes: { ...preset.recipes, [head]: recipeWith(preset, preset.recipes[head as Method], own, key, value) },
    };
  }
  if (isNumeric(preset, key)) return { ...preset, [key]: parsed(preset[key as keyof Preset], key, value) };
  const recipes = Object.fromEntries(
    methods.map((method) => [method, recipeWith(preset, preset.recipes[method], key, key, value)]),
  ) as Record<Method, Recipe>;
  return { ...preset, recipes };
}

/** Whether a preset has a number or a switch of this name. */
const isNumeric = (preset: Preset, key: string): boolean =>
  Object.hasOwn(preset, key) && ["number", "boolean"].includes(typeof preset[key as keyof Preset]);

function recipeWith(preset: Preset, recipe: Recipe, key: string, shown: string, value: string): Recipe {
  if (!Object.hasOwn(recipe, key)) throw unknownKey(preset, shown);
  return { ...recipe, [key]: parsed(recipe[key as keyof Recipe], shown, value) };
}

function parsed(sample: unknown, key: string, value: string): unknown {
  if (typeof sample === "boolean") {
    if (value === "true" || value === "false") return value === "true";
    throw new SettingsError(`${key} must be true or false, got ${value}; correct it`);
  }
  const numbers = value.split(",").map(Number);
  if (value.split(",").some((part) => part.trim() === "") || numbers.some((number) => !Number.isFinite(number))) {
    throw new SettingsError(
      `${key} must be ${Array.isArray(sample) ? "numbers joined by commas" : "a number"}, got ${value}; correct it`,
    );
  }
  if (Array.isArray(sample)) return numbers;
  if (numbers.length !== 1) throw new SettingsError(`${key} must be one number, got ${value}; correct it`);
  return numbers[0];
}

function unknownKey(preset: Preset, key: string): SettingsError {
  const own = Object.keys(preset).filter((name) => isNumeric(preset, name));
  const known = [...own, ...Object.keys(preset.recipes.topk)].join(", ");
  return new SettingsError(`key must be one of ${known}, or method.key such as relu.l1, got ${key}; correct it`);
}
