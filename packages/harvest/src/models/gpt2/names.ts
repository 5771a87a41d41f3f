/** The name in the file of a part of the network. */
export function gpt2Name(part: string, layer?: number): string {
  const isBias = part.endsWith(".bias");
  const name = gpt2Names[isBias ? part.slice(0, -5) : part];
  return `${layer === undefined ? "" : `h.${layer}.`}${name}.${isBias ? "bias" : "weight"}`;
}

/** Names of parts in the files of Hugging Face and minGPT. */
const gpt2Names: Readonly<Record<string, string>> = {
  embed: "wte",
  position: "wpe",
  finalNorm: "ln_f",
  attnNorm: "ln_1",
  mlpNorm: "ln_2",
  qkv: "attn.c_attn",
  o: "attn.c_proj",
  up: "mlp.c_fc",
  down: "mlp.c_proj",
};
