export { binary, columnSums, rowNorms, squareChunk, sumChunk, unary } from "./arithmetic";
export { copyEncoder } from "./encoderCopy";
export { matMul } from "./matMul";
export { kthLargestFloat, kthLargestWide } from "./order";
export { combineMany, decodePairs, dotPairs, gather, samplesSince, sortByLatent, sumByLatent, vectorRows, wideProducts } from "./pairs";
export { copySamples } from "./sampleCopy";
export { gatherLists, threshold } from "./threshold";
export { topK } from "./topK";
export { gradientSquares, updateRows, updateSpan } from "./update";
