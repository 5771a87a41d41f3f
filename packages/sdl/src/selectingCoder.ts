import { algebra, type Backend, type Entries, type Tensor } from "@monosema/tensor";
import type { BackendSelection, InferenceRule } from "./activations/kind.js";
import type { Coder } from "./coder.js";
import type { Model } from "./model.js";

/** An inference rule whose selection a backend makes. */
export interface SelectingRule extends InferenceRule {
  /** The selection. */
  readonly selection: BackendSelection;
}

/** Codes that a backend selects: one product of samples and encoder. */
export function selectingCoder(backend: Backend, model: Model, rule: SelectingRule): Coder {
  const { nP } = model.spec;
  const constants = openConstants(backend, model, rule);
  const { sub } = algebra(backend);
  const forward = (x: Tensor): Entries => {
    const { subtracted } = constants;
    return applied(backend, rule, constants, subtracted ? sub(x, subtracted) : x);
  };
  return {
    encode: async (x, batch) => {
      const entries = backend.scope(() => forward(backend.tensor(x, [batch, nP])));
      const codes = await backend.readEntries(entries);
      backend.dispose(entries.of);
      return codes;
    },
    run: async (x, batch) => {
      const { entries, decoded } = backend.scope(() => {
        const entries = forward(backend.tensor(x, [batch, nP]));
        return { entries, decoded: backend.decode(entries, constants.decoder)[0] as Tensor };
      });
      const codes = await backend.readEntries(entries);
      backend.dispose(entries.of);
      return { codes, decoded };
    },
    dispose: () => backend.dispose(...Object.values(constants)),
  };
}

/** What a dictionary keeps on the backend; those of the rule that are not there play no part. */
interface Constants {
  readonly encoder: Tensor;
  readonly decoder: Tensor;
  readonly subtracted?: Tensor;
  readonly bias?: Tensor;
  readonly theta?: Tensor;
  readonly gain?: Tensor;
  readonly offset?: Tensor;
}

function openConstants(
  backend: Backend,
  { spec, weights }: Model,
  { selection, bias, values }: SelectingRule,
): Constants {
  const { nP, nR, nQ, tied, biases } = spec;
  const theta = selection.kind === "threshold" ? selection.theta : 0;
  const encoder = backend.tensor(weights.encoder, [nQ, nP]);
  const subtracted = biases.subtractDecoderBias ? weights.decoderBias : undefined;
  return {
    encoder,
    decoder: tied ? encoder : backend.tensor(weights.decoder, [nQ, nR]),
    ...(subtracted ? { subtracted: backend.tensor(subtracted, [nP]) } : {}),
    ...(bias ? { bias: backend.tensor(bias, [nQ]) } : {}),
    ...(typeof theta === "number" ? {} : { theta: backend.tensor(theta, [nQ]) }),
    ...(values?.gain ? { gain: backend.tensor(values.gain, [nQ]) } : {}),
    ...(values?.offset ? { offset: backend.tensor(values.offset, [nQ]) } : {}),
  };
}

/** Codes of (shifted) inputs. */
function applied(backend: Backend, rule: SelectingRule, constants: Constants, x: Tensor): Entries {
  const { add, mul, relu, sub } = algebra(backend);
  const { encoder, bias, theta, gain, offset } = constants;
  const { selection } = rule;
  const chosen =
    selection.kind === "threshold" ? { ...selection, theta: theta ?? (selection.theta as number) } : selection;
  const { codes } = backend.select(x, encoder, chosen, bias ? { bias } : {});
  if (rule.values === undefined) return codes.pre;
  const u = bias ? sub(codes.pre, backend.atLatents(codes, bias)) : codes.pre;
  const scaled = gain ? mul(u, backend.atLatents(codes, gain)) : u;
  return relu(offset ? add(scaled, backend.atLatents(codes, offset)) : scaled);
}
