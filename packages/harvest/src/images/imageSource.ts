import { FormatError } from "@monosema/tensor";
import type { HarvestModel, Hook } from "../models/harvestModel.js";
import type { RuntimeTensor } from "../runtime/runtime.js";
import type { HarvestDocument } from "../source/harvestDocument.js";
import type { GroupOptions, HarvestGroup, HarvestSource } from "../source/harvestSource.js";
import type { Picture } from "./picture.js";
import type { ImagePreparation } from "./preparation.js";
import { type PreparedImage, prepareImage } from "./prepare.js";

/** Images in a fixed order. */
export interface HarvestImages {
  /** Name of their folder or file. */
  readonly name: string;
  /** What tells each from others, such as its file name. */
  readonly names: readonly string[];
  /** Decodes one. */
  read(index: number): Promise<Picture>;
}

/**
 * Images for a model that takes them: every place of its output, a patch or a pixel, gives a row; its document is the number of the image.
 *
 * @throws RangeError for a model that takes no images
 */
export function imageSource(
  model: HarvestModel,
  { images, preparation }: { readonly images: HarvestImages; readonly preparation: ImagePreparation },
): HarvestSource {
  const input = model.image;
  if (input === undefined)
    throw new RangeError(`harvest: the model must take images, got ${model.name}, which does not; give texts`);
  return {
    name: images.name,
    settings: { preparation },
    length: 1,
    async *documents() {
      for (const [id, file] of images.names.entries()) yield { id, content: file, record: { file } };
    },
    groups: (documents, options) => imageGroups(documents, options, input, images, preparation),
    size: async (limit) => ({
      items: Math.min(images.names.length, limit ?? Number.POSITIVE_INFINITY),
      estimated: false,
    }),
  };
}

async function* imageGroups(
  documents: AsyncIterable<HarvestDocument>,
  { batch, from, limit = Number.POSITIVE_INFINITY }: GroupOptions,
  input: Hook,
  images: HarvestImages,
  preparation: ImagePreparation,
): AsyncGenerator<HarvestGroup> {
  const [fixed] = input.shape ?? [];
  if (typeof fixed === "number" && fixed !== batch) {
    throw new RangeError(`harvest: batch must be ${fixed}, the model's own, got ${batch}; set it`);
  }
  let begun: HarvestDocument[] = [];
  let left = limit;
  for await (const document of documents) {
    if (document.id < from.document) continue;
    if (left <= 0) break;
    left -= 1;
    begun.push(document);
    if (begun.length < batch && left > 0 && document.id + 1 < images.names.length) continue;
    const prepared: PreparedImage[] = [];
    for (const { id } of begun) prepared.push(prepareImage(await images.read(id), preparation));
    yield {
      items: begun.map(({ id }) => ({ document: id, position: 0 })),
      inputs: { [input.name]: stackedImages(prepared, begun, input, images.name) },
      before: 0,
      begun,
      next: { document: document.id + 1, position: 0 },
    };
    begun = [];
  }
}

function stackedImages(
  prepared: readonly PreparedImage[],
  begun: readonly HarvestDocument[],
  { shape = [] }: Hook,
  file: string,
): RuntimeTensor {
  const [first] = prepared as [PreparedImage];
  const size = first.data.length;
  const data = new Float32Array(prepared.length * size);
  for (const [i, { dims, data: values }] of prepared.entries()) {
    const fits = dims.every((length, axis) => {
      const wanted = shape[axis + 1];
      return typeof wanted === "number" ? wanted === length : length === first.dims[axis];
    });
    if (!fits) {
      const message = `a prepared image must be [${shape.slice(1).join(", ")}] and all of one size, got [${dims.join(", ")}] of ${begun[i]?.content}; resize or crop to that`;
      throw new FormatError("bad-image", message, { file });
    }
    data.set(values, i * size);
  }
  return { type: "float32", dims: [prepared.length, ...first.dims], data };
}
