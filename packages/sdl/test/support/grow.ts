import { open, readFile } from "node:fs/promises";

/** Puts a tensor of zeros `unused` (I8) behind the others of a safetensors file; its bytes take no place on the disk. */
export async function grow(path: string, size: number): Promise<void> {
  const bytes = await readFile(path);
  const start = 8 + Number(bytes.readBigUInt64LE());
  const data = bytes.subarray(start);
  const offsets = [data.length, data.length + size];
  const unused = { dtype: "I8", shape: [size], data_offsets: offsets };
  const header = Buffer.from(JSON.stringify({ ...JSON.parse(bytes.toString("utf8", 8, start)), unused }));
  const prefix = Buffer.alloc(8);
  prefix.writeBigUInt64LE(BigInt(header.length));
  const file = await open(path, "w");
  await file.write(Buffer.concat([prefix, header, data]));
  await file.truncate(8 + header.length + data.length + size);
  await file.close();
}
