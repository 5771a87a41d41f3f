import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { bytesSource, writeNpy } from "@monosema/tensor";
import { describe, expect, it } from "vitest";
import { arrayImages } from "../src/images/arrayImages.js";
import type { Picture } from "../src/images/picture.js";
import { imagePreparation } from "../src/images/preparation.js";
import { prepareImage } from "../src/images/prepare.js";
import { type Resampling, resize } from "../src/images/resize.js";

const pillow = JSON.parse(readFileSync(join(import.meta.dirname, "fixtures/images/pillow.json"), "utf8")) as {
  readonly width: number;
  readonly height: number;
  readonly data: number[];
  readonly grey: number[];
  readonly resized: {
    readonly resampling: Resampling;
    readonly width: number;
    readonly height: number;
    readonly sha256: string;
  }[];
};
const picture: Picture = {
  width: pillow.width,
  height: pillow.height,
  channels: 3,
  data: Uint8Array.from(pillow.data),
};

it.each(pillow.resized)(
  "an image resized to $width x $height by $resampling has Pillow's bytes",
  ({ resampling, width, height, sha256 }) => {
    expect(
      createHash("sha256")
        .update(resize(picture, width, height, resampling).data)
        .digest("hex"),
    ).toBe(sha256);
  },
);

describe("preparation", () => {
  it("is that of a preprocessor_config.json", () => {
    const vit = {
      do_normalize: true,
      do_resize: true,
      image_mean: [0.5, 0.5, 0.5],
      image_std: [0.5, 0.5, 0.5],
      resample: 2,
      size: { height: 8, width: 8 },
    };
    const { dims, data } = prepareImage(picture, imagePreparation(vit, "preprocessor_config.json"));
    const resized = resize(picture, 8, 8, "bilinear").data;
    expect(dims).toEqual([3, 8, 8]);
    // Green of the pixel in line 2, column 5.
    expect(data[64 + 2 * 8 + 5]).toBeCloseTo(((resized[(2 * 8 + 5) * 3 + 1] as number) / 255 - 0.5) / 0.5, 6);
  });

  it("cuts the middle out after the shorter side is resized", () => {
    const clip = { do_center_crop: true, crop_size: 10, size: { shortest_edge: 12 }, resample: 3, do_normalize: false };
    const { dims, data } = prepareImage(picture, imagePreparation({ ...clip, layout: "nhwc" }, "p"));
    const resized = resize(picture, 19, 12, "bicubic"); // 12 * 37 / 23 = 19.3
    expect(dims).toEqual([10, 10, 3]);
    expect(data[0]).toBeCloseTo((resized.data[(1 * 19 + 4) * 3] as number) / 255, 6);
  });

  it("can take the channels in another order, make them grey, and leave the scale", () => {
    const raw = { do_resize: false, do_rescale: false, image_mean: 127, image_std: 128 };
    const bgr = prepareImage(picture, imagePreparation({ ...raw, channels: "bgr" }, "p")).data;
    expect(bgr[0]).toBeCloseTo(((pillow.data[2] as number) - 127) / 128, 6);
    const grey = prepareImage(
      picture,
      imagePreparation({ do_rescale: false, do_normalize: false, channels: "grey" }, "p"),
    );
    expect([...grey.data]).toEqual(pillow.grey);
  });

  it.each([
    [{ size: "large", do_resize: true }, 'size must be a number, {height, width} or {shortest_edge}, got "large"'],
    [{ resample: 9 }, "resample must be one of Pillow's numbers"],
    [{ layout: "chw" }, "layout must be one of nchw, nhwc"],
    [{ image_mean: ["a"] }, "image_mean must be a number, or one for each channel"],
    [[], "the preparation must be a JSON object"],
  ])("%j is refused", (config, message) => {
    expect(() => imagePreparation(config, "p")).toThrow(message);
  });
});

it("images of an npy file are read one by one", async () => {
  const data = Uint8Array.from({ length: 3 * 4 * 5 }, (_, i) => i);
  const images = await arrayImages(bytesSource(writeNpy({ shape: [3, 4, 5], data }), "a.npy"));
  expect(images.names).toHaveLength(3);
  expect(await images.read(1)).toEqual({ width: 5, height: 4, channels: 1, data: data.slice(20, 40) });
  await expect(
    arrayImages(bytesSource(writeNpy({ shape: [3, 4], data: new Float32Array(12) }), "b.npy")),
  ).rejects.toThrow("images must be bytes [N, height, width]");
});
