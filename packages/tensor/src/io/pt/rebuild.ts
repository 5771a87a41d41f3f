import { FormatError } from "../../errors.js";
import type { Dtype } from "../dtype.js";
import type { CallContext, PtFunction } from "./ptFunction.js";
import { isPtTensor, ptTensor } from "./ptTensor.js";
import type { Storage } from "./storage.js";

/** `_rebuild_tensor_v2(storage, offset, size, stride, requires_grad, backward_hooks, metadata)`. */
export const rebuildTensor: PtFunction = {
  call: ([storage, offset, size, stride, _gradient, _hooks, metadata], context) => {
    const dtype = isStorage(storage) ? storage.dtype : undefined;
    return dtype === undefined ? undefined : tensor(storage, dtype, offset, size, stride, metadata, context);
  },
};

/** `_rebuild_tensor_v3(storage, offset, size, stride, requires_grad, backward_hooks, dtype, metadata)`. */
export const rebuildTensorOfType: PtFunction = {
  call: ([storage, offset, size, stride, _gradient, _hooks, type, metadata], context) => {
    const dtype = DTYPES.get(type);
    return dtype === undefined ? undefined : tensor(storage, dtype, offset, size, stride, metadata, context);
  },
};

/** `_rebuild_parameter(tensor, …)`: the tensor. */
export const unwrapTensor: PtFunction = { call: ([data]) => (isPtTensor(data) ? data : undefined) };

/** `_rebuild_from_type_v2(rebuild, type, arguments, state)`: the tensor, without its attributes. */
export const rebuildFromType: PtFunction = {
  call: ([rebuild, _type, args], context) => {
    const known = [rebuildTensor, rebuildTensorOfType].find((one) => one === rebuild);
    return known !== undefined && Array.isArray(args) ? known.call(args, context) : undefined;
  },
};

/** Axes that PyTorch allows. */
const mostAxes = 64;

/** Types of the tensors that name theirs. */
const DTYPES: ReadonlyMap<unknown, Dtype> = new Map<unknown, Dtype>([
  ["torch.uint16", "U16"],
  ["torch.uint32", "U32"],
  ["torch.uint64", "U64"],
]);

function tensor(
  storage: unknown,
  dtype: Dtype,
  offset: unknown,
  shape: unknown,
  strides: unknown,
  metadata: unknown,
  { file }: CallContext,
): unknown {
  if (!isStorage(storage) || !Array.isArray(shape) || !Array.isArray(strides)) return undefined;
  if (shape.length !== strides.length || shape.length > mostAxes) return undefined;
  if (metadata instanceof Map && metadata.size > 0) {
    const message = "a tensor must be stored as it is, got a negated or conjugated view; save it after resolve_neg()";
    throw new FormatError("pt-view", message, { file });
  }
  const numbers: readonly unknown[] = [offset, ...shape, ...strides];
  if (!numbers.every((number) => Number.isSafeInteger(number) && (number as number) >= 0)) {
    const got = numbers.map((number) => (typeof number === "number" ? number : typeof number)).slice(0, 20);
    const message = `offset, sizes and strides of a tensor must be non-negative integers, got ${got.join(", ")}; the file is damaged`;
    throw new FormatError("pt-bounds", message, { file });
  }
  return ptTensor(storage, { dtype, offset: offset as number, shape, strides }, file);
}

function isStorage(value: unknown): value is Storage {
  return typeof value === "object" && value !== null && "open" in value;
}
