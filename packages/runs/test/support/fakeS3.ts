import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";
import type { Environment } from "../../src/index.js";

/** What a server does instead of an answer: a status with a code, or cutting the connection, after doing what was asked or before. */
export type Fault = { readonly status: number; readonly code: string } | "cutAfter" | "cutBefore";

/** Options of {@link fakeS3}. */
export interface FakeS3Options {
  /** Whether it heeds If-None-Match. */
  readonly conditional?: boolean;
  /** What goes wrong with a request. */
  readonly fault?: (method: string, key: string) => Fault | undefined;
}

/** A server of S3 on this machine. */
export interface FakeS3 {
  /** Objects by key. */
  readonly objects: Map<string, Buffer>;
  /** Requests by method and key, in order. */
  readonly requests: readonly string[];
  /** Variables that name it. */
  readonly env: Environment;
}

/** Starts a server that holds objects of one bucket, `runs`, and lists two at a time; it ends with the test. */
export async function fakeS3({ conditional = true, fault = () => undefined }: FakeS3Options = {}): Promise<FakeS3> {
  const objects = new Map<string, Buffer>();
  const requests: string[] = [];
  const parts = new Map<string, Buffer>();
  const answer = (request: IncomingMessage, body: Buffer): { status: number; text?: string | Buffer } => {
    const { method = "GET", headers } = request;
    const url = new URL(request.url ?? "/", "http://here");
    const query = url.searchParams;
    const key = decodeURIComponent(url.pathname.replace(/^\/runs\/?/, ""));
    if (!url.pathname.startsWith("/runs")) return refusal(404, "NoSuchBucket");
    if (query.has("list-type")) return { status: 200, text: listed(objects, query) };
    if (query.has("uploads")) return { status: 200, text: "<UploadId>u&amp;1</UploadId>" };
    if (query.has("partNumber")) {
      if (query.get("uploadId") !== "u&1") return refusal(404, "NoSuchUpload");
      parts.set(query.get("partNumber") as string, body);
      return { status: 200 };
    }
    if (method === "POST") {
      const numbers = [...body.toString().matchAll(/<PartNumber>(\d+)</g)].map(([, number]) => number as string);
      objects.set(key, Buffer.concat(numbers.map((number) => parts.get(number) as Buffer)));
      return { status: 200, text: "<CompleteMultipartUploadResult/>" };
    }
    if (method === "PUT") {
      if (conditional && headers["if-none-match"] === "*" && objects.has(key))
        return refusal(412, "PreconditionFailed");
      objects.set(key, body);
      return { status: 200 };
    }
    if (method === "DELETE") {
      objects.delete(key);
      return { status: 204 };
    }
    const found = objects.get(key);
    return found === undefined ? refusal(404, "NoSuchKey") : { status: 200, text: found };
  };
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const key = decodeURIComponent(new URL(request.url ?? "/", "http://here").pathname.replace(/^\/runs\/?/, ""));
    requests.push(`${request.method} ${key}`);
    const wrong = fault(request.method ?? "GET", key);
    if (wrong === "cutBefore") return void request.socket.destroy();
    const said = typeof wrong === "object" ? refusal(wrong.status, wrong.code) : answer(request, Buffer.concat(chunks));
    if (wrong === "cutAfter") return void request.socket.destroy();
    end(response, said);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const env = {
    AWS_ACCESS_KEY_ID: "key",
    AWS_SECRET_ACCESS_KEY: "secret",
    AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
  };
  return { objects, requests, env };
}

function end(response: ServerResponse, { status, text }: { status: number; text?: string | Buffer }): void {
  response.writeHead(status, { etag: '"e"' });
  response.end(text);
}

const refusal = (status: number, code: string): { status: number; text: string } => ({
  status,
  text: `<Error><Code>${code}</Code><Message>because</Message></Error>`,
});

/** Two keys of a list at a time. */
function listed(objects: ReadonlyMap<string, Buffer>, query: URLSearchParams): string {
  const after = query.get("continuation-token") ?? "";
  const keys = [...objects.keys()].filter((key) => key.startsWith(query.get("prefix") ?? "") && key > after).sort();
  const page = keys.slice(0, 2);
  const entries = page.map(
    (key) => `<Contents><Key>${encodeURIComponent(key)}</Key><Size>${objects.get(key)?.length}</Size></Contents>`,
  );
  const next = keys.length > 2 ? `<NextContinuationToken>${page[1]}</NextContinuationToken>` : "";
  return `<ListBucketResult>${entries.join("")}${next}</ListBucketResult>`;
}
