import type { HarvestSettings } from "../harvest/manifest.js";
import type { HarvestRequest } from "./harvestRequest.js";

/** Numbers of a shard that are held at a time, unless the caller chooses. */
const heldNumbers = 2 ** 24;

/**
 * What decides every byte of a harvest: the request with its defaults.
 *
 * @throws RangeError for numbers and names that are none
 */
export function harvestSettings(request: HarvestRequest): HarvestSettings {
  const { model, runtime, source, hooks, batch = 8, threads = 1, dtype = "F16", maxNorm = 5, limit } = request;
  const { rowsPerShard = defaultRows(request) } = request;
  if (hooks.length === 0 || new Set(hooks).size < hooks.length) {
    throw new RangeError(
      `harvest: hooks must be names, each once, got ${hooks.join(", ") || "none"}; see the list of the model's hooks`,
    );
  }
  for (const [name, value] of Object.entries({ batch, threads, rowsPerShard, limit: limit ?? 1 })) {
    if (Number.isSafeInteger(value) && value >= 1) continue;
    throw new RangeError(`harvest: ${name} must be a whole number of at least 1, got ${value}; correct it`);
  }
  const { name, licence, format, architecture, sha256 } = model;
  return {
    model: { name, ...(licence === undefined ? {} : { licence }), format, architecture, ...layersOf(model), sha256 },
    runtime: { name: runtime.name, version: runtime.version, threads },
    inputs: source.settings,
    hookNames: hooks,
    batch,
    dtype,
    maxNorm,
    limit: limit ?? null,
    rowsPerShard,
  };
}

/** Items of a shard: whole groups, so that a harvest that goes on runs the same ones. */
export function itemsPerShard({ batch, rowsPerShard }: HarvestSettings, rowsPerItem: number): number {
  return batch * Math.max(1, Math.floor(rowsPerShard / (rowsPerItem * batch)));
}

/** The layers that hooks such as `blocks.3.hook_resid_post` count. */
function layersOf({ hooks }: HarvestRequest["model"]): Pick<HarvestSettings["model"], "layers"> {
  const layers = hooks.map(({ name }) => 1 + Number(/^blocks\.(\d+)\./.exec(name)?.[1] ?? -1));
  const most = Math.max(0, ...layers);
  return most > 0 ? { layers: most } : {};
}

function defaultRows({ model, hooks }: HarvestRequest): number {
  const widths = hooks.map((hook) => model.hooks.find(({ name }) => name === hook)?.shape?.at(-1));
  const width = widths.reduce<number>((sum, one) => sum + (typeof one === "number" ? one : 0), 0);
  return Math.min(16_384, Math.floor(heldNumbers / Math.max(1, width)));
}
