/**
 * The tokenizer of llama2.c: byte-pair encoding that merges the best score first, with single bytes as a last resort.
 *
 * @typedef {object} Tokenizer
 * @property {(text: string) => number[]} encode tokens of a text, the first one BOS
 * @property {(tokens: Iterable<number>) => string} decode text of the tokens, up to the next BOS
 */

const BOS = 1;
const FIRST_BYTE = 3;
const LAST_BYTE = 258;

/**
 * Opens a `tok*.bin` file: int32 longest piece, then float32 score, int32 length and bytes of each piece.
 *
 * @param {Uint8Array} file
 * @returns {Tokenizer}
 */
export function bpeTokenizer(file) {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const text = new TextDecoder();
  /** @type {string[]} */
  const pieces = [];
  /** @type {number[]} */
  const scores = [];
  for (let at = 4; at < file.length; ) {
    const length = view.getInt32(at + 4, true);
    scores.push(view.getFloat32(at, true));
    pieces.push(text.decode(file.subarray(at + 8, at + 8 + length)));
    at += 8 + length;
  }
  const tokenOf = new Map(pieces.map((piece, token) => [piece, token]));

  return {
    encode(written) {
      const tokens = [...` ${written}`].flatMap((character) => tokenOf.get(character) ?? bytesOf(character));
      for (;;) {
        let best = -1;
        let merged = -1;
        for (let i = 0; i + 1 < tokens.length; i++) {
          const token = tokenOf.get(pieces[tokens[i]] + pieces[tokens[i + 1]]);
          if (token !== undefined && (best < 0 || scores[token] > scores[merged])) [best, merged] = [i, token];
        }
        if (best < 0) return [BOS, ...tokens];
        tokens.splice(best, 2, merged);
      }
    },
    decode(tokens) {
      const bytes = [];
      for (const token of tokens) {
        if (token === BOS && bytes.length > 0) break;
        if (token >= FIRST_BYTE && token <= LAST_BYTE) bytes.push(token - FIRST_BYTE);
        else if (token > LAST_BYTE) bytes.push(...Buffer.from(pieces[token]));
      }
      return text.decode(Uint8Array.from(bytes)).replace(/^ /, "");
    },
  };
}

/** @param {string} character */
const bytesOf = (character) => [...new TextEncoder().encode(character)].map((byte) => byte + FIRST_BYTE);
