import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { imageThumbnails } from "../src/node.js";

const fixtures = join(import.meta.dirname, "fixtures/images"); // 37 x 23 pixels

/** Sizes of a lossy WebP: 14 bits each at bytes 26 and 28 (RFC 9649). */
function sizeOf(address: string): readonly [width: number, height: number] {
  expect(address).toMatch(/^data:image\/webp;base64,/);
  const bytes = Buffer.from(address.replace(/^.*,/, ""), "base64");
  expect(bytes.toString("latin1", 12, 16)).toBe("VP8 ");
  return [bytes.readUInt16LE(26) & 0x3fff, bytes.readUInt16LE(28) & 0x3fff];
}

describe.skipIf(process.env.MONOSEMA_ONNXRUNTIME === undefined)(
  "imageThumbnails (needs sharp, see scripts/ci-onnxruntime.mjs)",
  () => {
    it.each([
      ["whole without a preparation", undefined, [37, 23]],
      ["whole where they are resized alone", { resize: { width: 8, height: 8 } }, [37, 23]],
      [
        "the middle that is cut out of the shorter side",
        { resize: { shortestEdge: 46 }, crop: { width: 46, height: 46 } },
        [23, 23],
      ],
      ["half of it", { resize: { width: 40, height: 40 }, crop: { width: 20, height: 20 } }, [19, 12]],
    ])("shows images %s", async (_, preparation, size) => {
      expect(sizeOf(await imageThumbnails(fixtures, preparation)("colours.png"))).toEqual(size);
    });

    it("names a file that is none", async () => {
      await expect(imageThumbnails(fixtures, undefined)("make.py")).rejects.toThrow(/make\.py.*the image must decode/);
    });
  },
);
