import { type LatentTrust, type SurrogateRecord, surrogateRecord, surrogateTwin } from "@monosema/audit";
import type { Model } from "@monosema/sdl";
import type { Backend } from "@monosema/tensor";
import { sampleRows } from "../data.js";
import type { Samples } from "../samples.js";
import type { Session } from "../session.js";

/**
 * Trains a twin of a dictionary on surrogate samples, as it was trained itself as far as its checkpoint says, and sets the scores of both
 * side by side.
 */
export async function besideSurrogate(
  session: Session,
  backend: Backend,
  model: Model,
  { data, target }: Samples,
  own: LatentTrust,
): Promise<SurrogateRecord> {
  const { steps = 2000, lr = 3e-3, batch = 1024 } = trainedWith(model);
  session.doing("making surrogate samples");
  const inputs = await sampleRows(data);
  const targets = target && (await sampleRows(target));
  const bar = session.progress({ total: steps });
  const options = { kind: "gaussian", steps, lr, batchSize: batch } as const;
  const onStep = (step: number): void => bar.update(step, "training a twin on surrogate samples");
  const samples = { inputs, ...(targets ? { targets } : {}) };
  const twin = await surrogateTwin(backend, model, samples, { ...options, seed: session.seed, onStep });
  bar.end();
  session.doing(session.command);
  return surrogateRecord(own, twin, options, inputs.length / data.columns);
}

/** What `monosema train` leaves in its checkpoints. */
function trainedWith({ metadata = {} }: Model): {
  readonly steps?: number;
  readonly lr?: number;
  readonly batch?: number;
} {
  const numbers = ["steps", "lr", "batch"].flatMap((name) => {
    const value = metadata[name];
    return typeof value === "number" && value > 0 ? [[name, value] as const] : [];
  });
  return Object.fromEntries(numbers);
}
