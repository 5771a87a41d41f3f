/** The same bytes in a Node Buffer that begins at an odd place of a larger memory, as Buffers of the pool and of archives do. */
export function atOddOffset(bytes: Uint8Array): Buffer {
  const memory = Buffer.alloc(bytes.length + 3, 0xa5);
  const view = memory.subarray(1, 1 + bytes.length);
  view.set(bytes);
  return view;
}
