/**
 * What the libraries advise in terms of their functions, and how the same is done here. One table for all commands: a message that
 * reaches the command line names what it has.
 */
const table: readonly (readonly [library: string, here: string])[] = [
  ['pass unexpectedTensors: "ignore" to read on', "--unexpected-tensors ignore reads on"],
  [
    'pass orientation: "saelens" (W_enc [P, Q], W_dec [Q, R]) or "transposed"',
    "say --orientation saelens (W_enc [P, Q], W_dec [Q, R]) or transposed",
  ],
  ["pass k, the number", "say --k K, the number"],
  ["; name one [", "; name one with FILE:NAME, that of --data also with --tensor NAME ["],
  [
    "try a lower learning rate with warm-up, or less sparsity pressure",
    "try a lower --lr with --lr-warmup, or less sparsity pressure",
  ],
  [
    "lower the learning rate, clip gradients, or check the data",
    "lower --lr, limit the gradients with --clip, or check the data",
  ],
  ["use unitNormDecoder, a decoder-norm weighting or weight decay", "use --unit-norm or --weight-decay"],
  ["use unitNormDecoder", "use --unit-norm"],
  ["choose one of these, or pass its opener in others", "choose one of these"],
  ["start anew from the saved weights", "start anew from its dictionary with --init"],
  ["pass batch.target", "give --target"],
  ["give the source targets", "give --target"],
];

/** A message of a library as the command line says it. */
export function atCommandLine(message: string): string {
  const told = table.reduce((text, [library, here]) => text.replaceAll(library, here), message);
  return told.replace(/raise limits\.(\w+)/g, "raise it with --limit $1=N").replace(callers, "");
}

/** Names of functions before what they say. */
const callers =
  /\b(train|evaluateModel|openModel|openMatrix|openBackend|fileSource(\.read)?|discoverAnchors|classMeanAnchors|write(File|Folder)Atomic|saveCheckpoint): /g;
