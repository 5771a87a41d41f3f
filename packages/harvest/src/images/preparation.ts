import { FormatError } from "@monosema/tensor";
import type { Resampling } from "./resize.js";

/** Size of an image in pixels. */
export interface ImageSize {
  /** Lines. */
  readonly height: number;
  /** Pixels of a line. */
  readonly width: number;
}

/** Size of an image by its shorter side. */
export interface ShortestEdge {
  /** Pixels. */
  readonly shortestEdge: number;
}

/** How images are made ready for a model. */
export interface ImagePreparation {
  /** First they are resized: to a size, or so that the shorter side has a length; not at all where it is absent. */
  readonly resize?: ImageSize | ShortestEdge;
  /** How. */
  readonly resampling: Resampling;
  /** Then the middle is cut out. */
  readonly crop?: ImageSize;
  /** Then values 0 to 255 are multiplied by this. */
  readonly scale: number;
  /** Then this is subtracted, by channel or one for all. */
  readonly mean: readonly number[];
  /** Then they are divided by this. */
  readonly std: readonly number[];
  /** Order of the axes. */
  readonly layout: "nchw" | "nhwc";
  /** Order of the channels. */
  readonly channels: "rgb" | "bgr" | "grey";
}

/** Pillow's numbers. */
const resamplings: readonly Resampling[] = ["nearest", "lanczos", "bilinear", "bicubic", "box", "hamming"];

/**
 * How images are made ready, by a `preprocessor_config.json` of Hugging Face; `layout` and `channels` may be added to it.
 *
 * @param file - name for messages
 * @throws FormatError `bad-preparation`
 */
export function imagePreparation(json: unknown, file: string): ImagePreparation {
  const config: Readonly<Record<string, unknown>> = Object(json);
  const refuse = (key: string, required: string): FormatError => {
    const message = `${key} must be ${required}, got ${JSON.stringify(config[key])}; give the model's preprocessor_config.json`;
    return new FormatError("bad-preparation", message, { file });
  };
  if (typeof json !== "object" || json === null || Array.isArray(json)) {
    throw new FormatError(
      "bad-preparation",
      "the preparation must be a JSON object; give the model's preprocessor_config.json",
      { file },
    );
  }
  const has = (key: string, otherwise: boolean): boolean => (config[key] ?? otherwise) === true;
  const numbers = (key: string, otherwise: number): readonly number[] => {
    const value = config[key] ?? otherwise;
    const list: readonly unknown[] = Array.isArray(value) ? value : [value];
    if (list.length > 0 && list.every((one): one is number => Number.isFinite(one))) return list;
    throw refuse(key, "a number, or one for each channel");
  };
  const one = <T extends string>(key: string, otherwise: T, choices: readonly T[]): T => {
    const found = choices.find((choice) => choice === (config[key] ?? otherwise));
    if (found === undefined) throw refuse(key, `one of ${choices.join(", ")}`);
    return found;
  };
  const resampling = resamplings[Number(config.resample ?? 2)];
  if (resampling === undefined) throw refuse("resample", "one of Pillow's numbers, 0 to 5");
  const size = has("do_resize", config.size !== undefined) ? sizeOf(config.size) : undefined;
  if (size === undefined && has("do_resize", config.size !== undefined)) {
    throw refuse("size", "a number, {height, width} or {shortest_edge}");
  }
  const crop = has("do_center_crop", false) ? sizeOf(config.crop_size) : undefined;
  if (has("do_center_crop", false) && !(crop && "height" in crop))
    throw refuse("crop_size", "a number or {height, width}");
  const normalises = has("do_normalize", true);
  // A plain number means a square to most processors, the shorter side where the middle is cut out after.
  const resized = typeof config.size === "number" && crop ? { shortestEdge: config.size } : size;
  return {
    ...(resized ? { resize: resized } : {}),
    resampling,
    ...(crop && "height" in crop ? { crop } : {}),
    scale: has("do_rescale", true) ? (numbers("rescale_factor", 1 / 255)[0] as number) : 1,
    mean: normalises ? numbers("image_mean", 0) : [0],
    std: normalises ? numbers("image_std", 1) : [1],
    layout: one("layout", "nchw", ["nchw", "nhwc"]),
    channels: one("channels", "rgb", ["rgb", "bgr", "grey"]),
  };
}

function sizeOf(value: unknown): NonNullable<ImagePreparation["resize"]> | undefined {
  const whole = (number: unknown): number is number => Number.isSafeInteger(number) && (number as number) >= 1;
  if (whole(value)) return { height: value, width: value };
  const { height, width, shortest_edge: shortestEdge } = Object(value) as Readonly<Record<string, unknown>>;
  if (whole(height) && whole(width)) return { height, width };
  return whole(shortestEdge) ? { shortestEdge } : undefined;
}
