import { FormatError } from "@monosema/tensor";
import type { Tokenizer } from "./tokenizer.js";

/** Single bytes have the ids 3 to 258. */
const firstByte = 3;
const lastByte = 258;

/**
 * The tokenizer of llama2.c: byte-pair encoding that merges the best score first, with single bytes as a last resort. The file has an
 * int32 longest piece, then a float32 score, an int32 length and the bytes of each piece.
 *
 * @param file - name for messages
 * @throws FormatError `bad-tokenizer`
 */
export function llama2cTokenizer(bytes: Uint8Array, file: string): Tokenizer {
  const { pieces, scores } = piecesOf(bytes, file);
  const tokenOf = new Map(pieces.map((piece, token) => [piece, token]));
  return {
    kind: "llama2.c",
    vocabulary: pieces.length,
    encode: (text) => Int32Array.from(merged(symbols(` ${text}`, tokenOf), pieces, scores, tokenOf)),
    text: (token) =>
      token >= firstByte && token <= lastByte
        ? new TextDecoder().decode(Uint8Array.of(token - firstByte))
        : (pieces[token] ?? ""),
  };
}

function piecesOf(bytes: Uint8Array, file: string): { readonly pieces: string[]; readonly scores: number[] } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const decoder = new TextDecoder();
  const [pieces, scores]: [string[], number[]] = [[], []];
  let at = 4;
  while (at + 8 <= bytes.length) {
    const length = view.getInt32(at + 4, true);
    if (length < 0 || at + 8 + length > bytes.length) break;
    scores.push(view.getFloat32(at, true));
    pieces.push(decoder.decode(bytes.subarray(at + 8, at + 8 + length)));
    at += 8 + length;
  }
  if (at === bytes.length && pieces.length > lastByte) return { pieces, scores };
  const message =
    "the tokenizer must be a tokenizer.json or a tok*.bin of llama2.c, got neither; give one of them, or token ids";
  throw new FormatError("bad-tokenizer", message, { file });
}

const symbols = (text: string, tokenOf: ReadonlyMap<string, number>): number[] =>
  [...text].flatMap((character) => {
    const token = tokenOf.get(character);
    return token === undefined ? [...new TextEncoder().encode(character)].map((byte) => byte + firstByte) : [token];
  });

/** A possible merge: the left symbol and what both become. */
interface Merge {
  readonly at: number;
  readonly left: number;
  readonly right: number;
  readonly token: number;
}

/**
 * Merges the neighbours with the best score until none is left, ties from the left, in n log n: symbols are a linked list, possible
 * merges a heap; one whose symbols have changed since is passed over.
 */
function merged(
  tokens: number[],
  pieces: readonly string[],
  scores: readonly number[],
  tokenOf: ReadonlyMap<string, number>,
): number[] {
  const next = tokens.map((_, i) => i + 1);
  const previous = tokens.map((_, i) => i - 1);
  const before = (a: Merge, b: Merge): boolean => {
    const [x, y] = [scores[a.token] as number, scores[b.token] as number];
    return x === y ? a.at < b.at : x > y;
  };
  const heap: Merge[] = [];
  const offer = (at: number): void => {
    const right = next[at] as number;
    if (at < 0 || right >= tokens.length) return;
    const pair = [tokens[at] as number, tokens[right] as number] as const;
    const token = tokenOf.get(`${pieces[pair[0]]}${pieces[pair[1]]}`);
    if (token !== undefined) push(heap, { at, left: pair[0], right: pair[1], token }, before);
  };
  for (let i = 0; i < tokens.length; i++) offer(i);
  for (let best = pop(heap, before); best !== undefined; best = pop(heap, before)) {
    const { at, left, right, token } = best;
    const second = next[at] as number;
    if (tokens[at] !== left || second >= tokens.length || tokens[second] !== right) continue;
    tokens[at] = token;
    tokens[second] = -1;
    const third = next[second] as number;
    next[at] = third;
    if (third < tokens.length) previous[third] = at;
    offer(at);
    if ((previous[at] as number) >= 0) offer(previous[at] as number);
  }
  return tokens.filter((token) => token >= 0);
}

function push<T>(heap: T[], item: T, before: (a: T, b: T) => boolean): void {
  let i = heap.length;
  heap.push(item);
  while (i > 0) {
    const parent = (i - 1) >> 1;
    if (!before(item, heap[parent] as T)) break;
    heap[i] = heap[parent] as T;
    i = parent;
  }
  heap[i] = item;
}

function pop<T>(heap: T[], before: (a: T, b: T) => boolean): T | undefined {
  const [first] = heap;
  const last = heap.pop();
  if (heap.length === 0 || last === undefined) return first;
  let i = 0;
  for (;;) {
    let child = 2 * i + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && before(heap[child + 1] as T, heap[child] as T)) child += 1;
    if (!before(heap[child] as T, last)) break;
    heap[i] = heap[child] as T;
    i = child;
  }
  heap[i] = last;
  return first;
}
