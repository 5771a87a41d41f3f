/**
 * For authors of backends: the wrapper that checks arguments, lifetimes, selection on the host.
 *
 * @module authoring
 */
export { checked, type Kernels, type Value } from "./checked.js";
export { isEntries, isList } from "./checks.js";
export { type Lifetimes, lifetimes } from "./lifetimes.js";
export { type Numbers, type Pairs, selectAbove, selectAmong, selectLargest } from "./selection.js";
export type { SelectionPlan } from "./selectionPlan.js";
export { sizeOf } from "./shapes.js";
