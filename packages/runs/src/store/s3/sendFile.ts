import { type FileHandle, open } from "node:fs/promises";
import { StoreError } from "../store.js";
import { type SendS3, textOf } from "./s3Request.js";
import { firstTag } from "./xml.js";

/** Bytes of a part, of which one at a time is in memory; a file that is no larger is sent whole. */
const partBytes = 16 * 2 ** 20;
/** Parts that S3 takes of one object. */
const mostParts = 10_000;

/** Writes a file as an object: in parts where it is big. */
export async function sendFile(send: SendS3, key: string, path: string): Promise<void> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    if (size > partBytes) return await sendParts(send, key, file, size);
    await send({ method: "PUT", key, body: await bytesOf(file, 0, size), bytes: size }, textOf);
  } finally {
    await file.close();
  }
}

async function sendParts(send: SendS3, key: string, file: FileHandle, size: number): Promise<void> {
  const part = Math.max(partBytes, Math.ceil(size / mostParts));
  const begun = await send({ method: "POST", key, query: { uploads: "" } }, textOf);
  const uploadId = firstTag(begun.value, "UploadId");
  if (uploadId === undefined)
    throw new StoreError(`a server of S3 must take ${key} in parts, got no upload; use another`);
  try {
    const etags: string[] = [];
    for (let at = 0; at < size; at += part) {
      const body = await bytesOf(file, at, Math.min(part, size - at));
      const query = { partNumber: String(etags.length + 1), uploadId };
      const { headers } = await send({ method: "PUT", key, query, body, bytes: body.length }, textOf);
      etags.push(headers.get("etag") ?? "");
    }
    const parts = etags.map((etag, i) => `<Part><PartNumber>${i + 1}</PartNumber><ETag>${etag}</ETag></Part>`);
    const body = `<CompleteMultipartUpload>${parts.join("")}</CompleteMultipartUpload>`;
    const { value } = await send({ method: "POST", key, query: { uploadId }, body }, textOf);
    if (value.includes("<Error>"))
      // A success may turn out to be none while it is answered.
      throw new StoreError(`${key} was not taken: ${firstTag(value, "Message")}; try again`);
  } catch (error) {
    await send({ method: "DELETE", key, query: { uploadId }, accepts: [404] }, textOf).catch(() => {}); // else its parts stay, and cost
    throw error;
  }
}

/** Bytes of a file from a place on. */
async function bytesOf(file: FileHandle, at: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(length);
  for (let done = 0; done < length; ) {
    const { bytesRead } = await file.read(bytes, done, length - done, at + done);
    if (bytesRead === 0)
      throw new StoreError(`a file that is kept must stay as it is, got ${at + done} bytes of it; try again`);
    done += bytesRead;
  }
  return bytes;
}
