import type { Handle } from "@monosema/runs";
import { Worker } from "bullmq";
import type { Redis } from "ioredis";
import { reconnecting } from "./connect.js";
import { deliver } from "./deliver.js";
import type { Entry, EntryData } from "./entry.js";
import { type Loss, openLeases } from "./leases.js";
import { within } from "./within.js";

/** Worker deaths that a job may see: the default of BullMQ, 1, gives a job up at its third, whatever its attempts. */
const maxStalledCount = 1000;
/** Milliseconds that the end of the work may take where the server has gone away. */
const patience = 5000;

/** What a worker needs. */
export interface WorkerPlan {
  /** Name of the queue. */
  readonly queue: string;
  /** To the server. */
  readonly connection: Redis;
  /** Jobs at a time. */
  readonly workers: number;
  /** Does a job. */
  readonly handle: Handle;
  /** Milliseconds of a lease. */
  readonly lease: number;
  /** Aborted when the work ends. */
  readonly signal: AbortSignal;
  /** Hears of leases that are lost. */
  readonly onNotice: (notice: string) => void;
  /** Hears what BullMQ reports. */
  readonly onError: (error: Error) => void;
}

/** A worker that takes jobs. */
export interface RunningWorker {
  /** Jobs that it does now. */
  readonly busy: () => number;
  /** Takes no more, and waits for those. */
  readonly close: () => Promise<void>;
}

/** Starts to take jobs of a queue. */
export function startWorker(plan: WorkerPlan): RunningWorker {
  const { queue, connection, workers, handle, lease, signal, onNotice, onError } = plan;
  const running = new Set<Promise<void>>();
  const reconnect = reconnecting(connection);
  const leases = openLeases(lease, (id, how) => {
    onNotice(`the lease of ${id} ${lossText(how, lease)}; it is stopped here`);
    if (how === "expired") reconnect();
  });
  const processor = (entry: Entry, token = ""): Promise<void> => {
    const delivery = deliver(entry, token, handle, { lease, signal, leases });
    running.add(delivery);
    const ended = (): void => void running.delete(delivery);
    delivery.then(ended, ended);
    return delivery;
  };
  const worker = new Worker<EntryData>(queue, processor, {
    ...{ connection, concurrency: workers, maxStalledCount, runRetryDelay: 1000 },
    ...{ lockDuration: lease, stalledInterval: lease / 2, drainDelay: Math.min(5, lease / 2000) },
  });
  worker.on("error", onError);
  worker.on("locksRenewed", ({ jobIds }) => leases.renew(jobIds));
  worker.on("lockRenewalFailed", (ids) => leases.lose(ids));
  return {
    busy: () => running.size,
    async close() {
      const closed = worker.close(connection.status !== "ready");
      await Promise.allSettled(running);
      await within(patience, closed);
    },
  };
}

const lossText = (how: Loss, lease: number): string =>
  how === "expired" ? `could not be renewed for ${lease / 1000} s` : "is with another worker, or the queue was emptied";
