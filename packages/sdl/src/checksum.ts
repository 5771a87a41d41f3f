/** Tells one set of numbers from another when a run is resumed (FNV-1a over the bytes). */
export function checksum(...arrays: readonly (Float32Array | Float64Array)[]): string {
  let hash = 0x811c9dc5;
  for (const array of arrays) {
    for (const byte of new Uint8Array(array.buffer, array.byteOffset, array.byteLength))
      hash = Math.imul(hash ^ byte, 0x01000193);
  }
  return (hash >>> 0).toString(16).padStart(8, "0");
}
