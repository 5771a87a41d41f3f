/** The bytes of a file in parts, for writers of files: of any size, and without a second copy of the numbers in memory. */
export interface FileParts {
  /** Bytes of all parts. */
  readonly size: number;
  /** The parts in order, to be read once: made when they are asked for; views of the numbers where nothing has to be converted. */
  readonly parts: Iterable<Uint8Array>;
}

/** The bytes at once. */
export function joined({ size, parts }: FileParts): Uint8Array {
  const file = new Uint8Array(size);
  let position = 0;
  for (const part of parts) {
    file.set(part, position);
    position += part.length;
  }
  return file;
}
