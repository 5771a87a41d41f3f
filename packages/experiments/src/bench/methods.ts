/** The seven methods of the paper's Table 1. */
export type Method = "relu" | "jumprelu" | "topk" | "batchtopk" | "matryoshka" | "transcoder" | "crosscoder";

/** All methods, in the order of the table. */
export const methods: readonly Method[] = [
  "relu",
  "jumprelu",
  "topk",
  "batchtopk",
  "matryoshka",
  "transcoder",
  "crosscoder",
];
