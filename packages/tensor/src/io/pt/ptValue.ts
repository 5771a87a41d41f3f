import { FormatError } from "../../errors.js";
import { overLimit } from "../pickle/machine.js";
import type { TensorReader } from "../tensorReader.js";
import { isPtTensor } from "./ptTensor.js";

/** A key of a dict. */
export type PtKey = string | number | bigint | boolean | null;

/**
 * What a `.pt` file holds: dicts are Maps; lists, tuples and sets are arrays; an integer beyond 2^53 - 1 is a bigint; types and devices
 * are texts such as `torch.float32` and `cuda:0`; tensors are handles. Parts may be shared; none holds itself.
 */
export type PtValue = PtKey | Uint8Array | TensorReader | readonly PtValue[] | ReadonlyMap<PtKey, PtValue>;

/** A checked value and its tensors. */
export interface PtContent {
  /** The value. */
  readonly value: PtValue;
  /** Its tensors by their paths: keys and indices with dots between them; the empty path for a tensor alone. */
  readonly tensors: ReadonlyMap<string, TensorReader>;
}

/** Containers in one another. */
const deepest = 200;
/** Items that are walked on the way to tensors; a tensor counts like eight, 16 characters of its path like one. */
const longestWalk = 2 ** 22;

/**
 * Checks what a pickle gave and finds its tensors.
 *
 * @throws FormatError `pt-pickle` where it is no plain data; `pt-limit` where it is too deep, holds itself, or has too many paths;
 * `duplicate-key` where two paths read alike
 */
export function ptContent(value: unknown, file: string): PtContent {
  const tensors = new Map<string, TensorReader>();
  const heights = new Map<object, Height>();
  heightOf(value, 0, heights, file);
  let walked = 0;
  const walk = (part: unknown, path: string): void => {
    if (isPtTensor(part)) {
      walked += 8 + path.length / 16;
      if (tensors.has(path)) {
        throw new FormatError(
          "duplicate-key",
          `paths must be unique, got ${JSON.stringify(path.slice(0, 200))} twice`,
          { file },
        );
      }
      tensors.set(path, part);
    } else if (isContainer(part) && heights.get(part)?.toTensors === true) {
      for (const [key, item] of part.entries()) {
        walked++;
        if (walked > longestWalk) throw overLimit("paths to its tensors", file);
        walk(item, part === value ? String(key) : `${path}.${key}`);
      }
    }
  };
  walk(value, "");
  return { value: value as PtValue, tensors };
}

/** What is known of a container. */
interface Height {
  /** Containers in one another, itself included; infinite until it is known, so that what holds itself has no end. */
  readonly levels: number;
  /** Whether there are tensors in it. */
  readonly toTensors: boolean;
}

const unknownHeight: Height = { levels: Number.POSITIVE_INFINITY, toTensors: false };

function heightOf(part: unknown, depth: number, heights: Map<object, Height>, file: string): Height {
  if (isLeaf(part)) return { levels: 0, toTensors: isPtTensor(part) };
  if (!isContainer(part)) {
    const message = "the file must hold tensors and plain data, got a name or a storage alone; save a dict of tensors";
    throw new FormatError("pt-pickle", message, { file });
  }
  const known = heights.get(part);
  if (depth + (known?.levels ?? 0) > deepest) throw overLimit("containers in one another", file);
  if (known !== undefined) return known;
  heights.set(part, unknownHeight);
  let [levels, toTensors] = [0, false];
  for (const item of part.values()) {
    if (typeof item !== "object") continue;
    const below = heightOf(item, depth + 1, heights, file);
    levels = Math.max(levels, below.levels);
    toTensors ||= below.toTensors;
  }
  const height = { levels: levels + 1, toTensors };
  heights.set(part, height);
  return height;
}

function isLeaf(value: unknown): boolean {
  return value === null || typeof value !== "object" || value instanceof Uint8Array || isPtTensor(value);
}

function isContainer(value: unknown): value is readonly unknown[] | ReadonlyMap<unknown, unknown> {
  return Array.isArray(value) || value instanceof Map;
}
