/**
 * Tensor backends behind one small interface, seeded random numbers, safetensors, numpy and PyTorch files.
 *
 * @module index
 */
export { type Algebra, algebra, type Operand } from "./algebra.js";
export type * from "./backend.js";
export { BackendError, FormatError, type FormatErrorPlace } from "./errors.js";
export { type ByteSource, bytesSource, readStart } from "./io/byteSource.js";
export { type Dtype, decodeElements, type StoredTensor, type TensorArray, toFloat32, toNumbers } from "./io/dtype.js";
export type { FileParts } from "./io/fileParts.js";
export { fromBfloat16, fromFloat16, toBfloat16, toFloat16 } from "./io/halfFloat.js";
export { checkFinite, type MatrixSource, type OpenMatrixOptions, openMatrix } from "./io/matrixSource.js";
export { type NpyArray, type NpyReader, npyParts, openNpy, readNpy, writeNpy } from "./io/npy.js";
export { npyHeader } from "./io/npyHeader.js";
export { type NpzReader, npzParts, openNpz, writeNpz } from "./io/npz.js";
export { parseJson } from "./io/parseJson.js";
export { openPt, type PtReader } from "./io/pt/openPt.js";
export { type PtRecords, ptRecords } from "./io/pt/ptRecords.js";
export { isPtTensor } from "./io/pt/ptTensor.js";
export type { PtKey, PtValue } from "./io/pt/ptValue.js";
export { type PtWritable, ptParts, writePt } from "./io/pt/writePt.js";
export { openSafetensors, readSafetensors, type SafetensorsFile, type SafetensorsReader } from "./io/safetensors.js";
export type { SafetensorsHeader, TensorInfo } from "./io/safetensorsHeader.js";
export type { TensorReader } from "./io/tensorReader.js";
export { openTensors, type TensorsReader } from "./io/tensors/openTensors.js";
export { readText } from "./io/text.js";
export {
  type Metadata,
  type NamedTensors,
  type SafetensorsStart,
  safetensorsParts,
  safetensorsStart,
  writeSafetensors,
} from "./io/writeSafetensors.js";
export type { ZipEntry } from "./io/zip/directory.js";
export type { ZipEntrySource } from "./io/zip/openEntry.js";
export { openZip, type ZipReader } from "./io/zip/openZip.js";
export { writeZip, type ZipFiles, type ZipOptions, zipParts } from "./io/zip/zipParts.js";
export { type NearWord, nearestWords } from "./nearestWords.js";
export { type OpenBackendOptions, openBackend } from "./openBackend.js";
export { portableExp } from "./random/exp.js";
export { portableLog } from "./random/log.js";
export { permutedIndex } from "./random/permutedIndex.js";
export { philox } from "./random/philox.js";
export { type StreamKey, streamKeys } from "./random/stream.js";
export { type Random, random } from "./random.js";
export { referenceBackend } from "./reference/referenceBackend.js";
