/** The plain forward pass and tokenizer of the documentation's examples. */
const example = (name: string): Promise<unknown> =>
  import(new URL(`../../../../docs/examples/${name}`, import.meta.url).href);

/** What one token gives, by layer `[64]`. */
export interface Observed {
  readonly residual: readonly Float32Array[];
  readonly mlpInput: readonly Float32Array[];
  readonly mlpOutput: readonly Float32Array[];
}

/** A model of llama2.c: begins a sequence, which takes a token at a time. */
export const { storiesLm } = (await example("storiesLm.mjs")) as {
  readonly storiesLm: (file: Uint8Array) => { readonly start: () => (token: number) => Observed };
};

/** Its tokenizer; ids begin with the start token 1. */
export const { bpeTokenizer } = (await example("bpeTokenizer.mjs")) as {
  readonly bpeTokenizer: (file: Uint8Array) => { readonly encode: (text: string) => number[] };
};
