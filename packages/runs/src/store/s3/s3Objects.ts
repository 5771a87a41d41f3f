import { createWriteStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ReadableStream } from "node:stream/web";
import { inParallel } from "../inParallel.js";
import { StoreError } from "../store.js";
import type { S3Place } from "./s3Place.js";
import { type SendS3, textOf } from "./s3Request.js";
import { sendFile } from "./sendFile.js";
import { firstTag, tags } from "./xml.js";

/** Requests at a time. */
const atOnce = 16;

/** An object of a store. */
export interface S3Object {
  /** Its key below the prefix of the store. */
  readonly key: string;
  /** Its bytes. */
  readonly size: number;
}

/** Objects of a store, by keys below its prefix. */
export interface S3Objects {
  /** Text of an object; undefined where there is none. */
  readonly read: (key: string) => Promise<string | undefined>;
  /** Writes a text. */
  readonly write: (key: string, text: string) => Promise<void>;
  /** Writes a text that must not be there yet; false, and nothing changed, where it is. */
  readonly create: (key: string, text: string) => Promise<boolean>;
  /** Objects whose keys begin so, in order. */
  readonly list: (start: string) => Promise<readonly S3Object[]>;
  /** Removes objects. */
  readonly remove: (keys: readonly string[]) => Promise<void>;
  /** Writes a file of this machine, in parts where it is big. */
  readonly upload: (key: string, file: string) => Promise<void>;
  /** Writes an object into a new file of this machine. */
  readonly download: (object: S3Object, file: string) => Promise<void>;
}

/** The objects of a place. */
export function s3Objects({ name, prefix }: S3Place, send: SendS3): S3Objects {
  const read = async (key: string): Promise<string | undefined> => {
    const { ok, value } = await send({ method: "GET", key: prefix + key, accepts: [404] }, textOf);
    if (ok) return value;
    if (firstTag(value, "Code") === "NoSuchBucket") throw new StoreError(`${name} needs its bucket, got none; make it`);
    return undefined;
  };
  return {
    read,
    async write(key, body) {
      await send({ method: "PUT", key: prefix + key, body }, textOf);
    },
    async create(key, body) {
      const headers = { "if-none-match": "*" };
      const { ok, tries } = await send({ method: "PUT", key: prefix + key, body, headers, accepts: [412] }, textOf);
      // After the first request, one before may have worked, and its answer was lost.
      return ok || (tries > 1 && (await read(key)) === body);
    },
    async list(start) {
      const found: S3Object[] = [];
      for (let token: string | undefined; ; ) {
        const query = {
          ...{ "list-type": "2", "encoding-type": "url", prefix: prefix + start },
          ...(token === undefined ? {} : { "continuation-token": token }),
        };
        const { value } = await send({ method: "GET", query }, textOf);
        for (const entry of tags(value, "Contents")) {
          const key = decodeURIComponent((firstTag(entry, "Key") ?? "").replace(/\+/g, " "));
          found.push({ key: key.slice(prefix.length), size: Number(firstTag(entry, "Size")) });
        }
        token = firstTag(value, "NextContinuationToken");
        if (token === undefined) return found;
      }
    },
    async remove(keys) {
      await inParallel(keys, atOnce, (key) => send({ method: "DELETE", key: prefix + key, accepts: [404] }, textOf));
    },
    upload: (key, file) => sendFile(send, prefix + key, file),
    async download({ key, size }, file) {
      const { value } = await send({ method: "GET", key: prefix + key, bytes: size }, async ({ body }) => {
        const out = createWriteStream(file);
        await pipeline(body === null ? Readable.from([]) : Readable.fromWeb(body as ReadableStream), out);
        return out.bytesWritten;
      });
      if (value !== size) throw new StoreError(`${name}/${key} must have ${size} bytes, got ${value}; remove it`);
    },
  };
}
