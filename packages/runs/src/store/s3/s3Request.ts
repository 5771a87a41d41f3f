import { setTimeout } from "node:timers/promises";
import { AwsV4Signer } from "aws4fetch";
import { StoreError } from "../store.js";
import type { S3Place } from "./s3Place.js";
import { s3Refusal } from "./s3Refusal.js";

/** A request to a bucket. */
export interface S3Request {
  /** What to do. */
  readonly method: "GET" | "PUT" | "POST" | "DELETE";
  /** Key of the object; none for the bucket. */
  readonly key?: string;
  /** Parameters of the address. */
  readonly query?: Readonly<Record<string, string>>;
  /** Headers. */
  readonly headers?: Readonly<Record<string, string>>;
  /** What is sent. */
  readonly body?: string | Uint8Array<ArrayBuffer>;
  /** Bytes that are sent or received. */
  readonly bytes?: number;
  /** Statuses besides success that are an answer. */
  readonly accepts?: readonly number[];
}

/** What a server answered. */
export interface S3Answer<T> {
  /** Whether it did what was asked; else its status is one that is accepted. */
  readonly ok: boolean;
  /** What was made of the answer. */
  readonly value: T;
  /** Headers of the answer. */
  readonly headers: Headers;
  /** Requests until then: an earlier one may have worked, its answer lost. */
  readonly tries: number;
}

/** Sends a request and uses its answer, again where that may help. */
export type SendS3 = <T>(request: S3Request, use: (response: Response) => Promise<T>) => Promise<S3Answer<T>>;

/** Text of an answer. */
export const textOf = (response: Response): Promise<string> => response.text();

/** Milliseconds of one request, besides those for its bytes. */
const timeout = 60_000;
/** Bytes of content that take a millisecond at most: 1 MB/s. */
const slowest = 1000;
/** Milliseconds before the second request; twice as many before each further one. */
const firstPause = 200;
const longestPause = 10_000;
/** Statuses that pass: a conflict of conditional writes, too many requests, and faults of the server. */
const passes = (status: number): boolean => status === 409 || status === 429 || status >= 500;

/**
 * Sends signed requests, and repeats them while the server is away, busy or at fault.
 *
 * @param patience - milliseconds after which that is an error
 * @throws StoreError that says what the server refused
 */
export function s3Sender(place: S3Place, patience: number): SendS3 {
  return async ({ accepts = [], ...request }, use) => {
    const until = performance.now() + patience;
    for (let tries = 1; ; tries++) {
      const isOver = performance.now() >= until;
      try {
        const response = await send(place, request);
        const { ok, status, headers } = response;
        if (ok || accepts.includes(status)) return { ok, value: await use(response), headers, tries };
        const text = await response.text();
        if (isOver || !passes(status)) throw s3Refusal(place, nameOf(place, request), status, text);
      } catch (error) {
        if (!isOfNetwork(error)) throw error;
        if (isOver) throw away(place, error);
      }
      const pause = Math.min(longestPause, firstPause * 2 ** (tries - 1));
      await setTimeout(pause * (0.5 + Math.random() / 2));
    }
  };
}

/** What `fetch` throws: of a connection, or of its end before that of the answer. */
const isOfNetwork = (error: unknown): error is Error =>
  error instanceof TypeError || (error instanceof DOMException && error.name === "TimeoutError");

const nameOf = ({ bucket }: S3Place, { method, key }: Pick<S3Request, "method" | "key">): string =>
  `${method} ${key ?? `of the bucket ${bucket}`}`;

async function send(place: S3Place, { method, key, query, headers, body, bytes = 0 }: S3Request): Promise<Response> {
  const path = key === undefined ? "" : `/${key.split("/").map(encodeURIComponent).join("/")}`;
  const { region, accessKeyId, secretAccessKey, sessionToken } = place;
  const signer = new AwsV4Signer({
    method,
    url: `${place.url}${path}${query ? `?${new URLSearchParams(query)}` : ""}`,
    ...(headers ? { headers } : {}),
    ...(body === undefined ? {} : { body }),
    ...{ service: "s3", region, accessKeyId, secretAccessKey },
    ...(sessionToken === undefined ? {} : { sessionToken }),
  });
  const { url, ...init } = await signer.sign();
  const signal = AbortSignal.timeout(timeout + Math.ceil(bytes / slowest));
  return await fetch(url, { ...init, body: body ?? null, signal });
}

function away({ name, url }: S3Place, error: Error): StoreError {
  const cause = error.cause instanceof Error && error.cause.message ? error.cause : error;
  const code = (cause as NodeJS.ErrnoException).code;
  const reason = code === undefined || cause.message.includes(code) ? cause.message : `${code} ${cause.message}`;
  return new StoreError(
    `${name} needs an answer of the server ${new URL(url).origin}, got ${reason}; start it, or set AWS_ENDPOINT_URL and AWS_REGION`,
    { cause: error },
  );
}
