import { createHash } from "node:crypto";
import type { EngineKind } from "./engineKind.js";
import { loadEngine } from "./loadEngine.js";

/**
 * A queue on Redis. Each store has its own, so that workers of one do not get jobs of another; `?queue=NAME` names it where machines
 * know the store by different paths, and `?lease=SECONDS` sets the lease.
 */
export const bullmq: EngineKind = {
  ...{ form: "redis://HOST:PORT", names: /^rediss?:/, isShared: true, hasWorkers: true },
  async open(text, { store, onNotice }) {
    const { EngineError } = await import("@monosema/runs");
    const { bullmqEngine } = await loadEngine("@monosema/runs-bullmq", () => import("@monosema/runs-bullmq"));
    if (!URL.canParse(text)) return await bullmqEngine(text); // says what it must be
    const url = new URL(text);
    const { queue = queueOf(store.name), lease = "30", ...others } = Object.fromEntries(url.searchParams);
    const unknown = Object.keys(others);
    if (unknown.length > 0)
      throw new EngineError(`${text} may end in ?queue=NAME&lease=SECONDS, got ${unknown.join()}`);
    if (!(Number(lease) >= 1)) throw new EngineError(`the lease of ${text} must be at least 1 second, got ${lease}`);
    url.search = "";
    return await bullmqEngine(url.href, { queue, lease: 1000 * Number(lease), onNotice });
  },
};

const queueOf = (store: string): string => `monosema-${createHash("sha256").update(store).digest("hex").slice(0, 8)}`;
