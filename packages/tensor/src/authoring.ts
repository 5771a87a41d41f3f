/**
 * What the backends of this package share, for authors of others: lifetimes, checks of arguments, selection on the host.
 *
 * @module authoring
 */
export {
  checkBlocks,
  checkBroadcast,
  checkDecoder,
  checkMatMul,
  checkRows,
  checkSameCodes,
  checkSetRows,
  checkUpdates,
  isEntries,
  isList,
} from "./checks.js";
export { type Lifetimes, lifetimes } from "./lifetimes.js";
export { type Numbers, type Pairs, selectAbove, selectAmong, selectLargest } from "./selection.js";
export { type SelectionPlan, selectionPlan } from "./selectionPlan.js";
export { matrixShape, requireBlocks, requireShape, requireSize, sameShape, sizeOf } from "./shapes.js";
