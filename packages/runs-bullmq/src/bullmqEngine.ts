import { type Engine, type EngineCounts, EngineError } from "@monosema/runs";
import { Queue, Worker } from "bullmq";
import { connect, urlWithoutPassword } from "./connect.js";
import { deliver } from "./deliver.js";
import { type EntryData, entryId } from "./entry.js";
import { type Loss, openLeases } from "./leases.js";
import { pause } from "./pause.js";
import { within } from "./within.js";

/** Options of {@link bullmqEngine}. */
export interface BullmqEngineOptions {
  /** Name of the queue: workers take what is submitted under the same one. Default `monosema`. */
  readonly queue?: string;
  /**
   * Milliseconds after which a worker that does not answer is taken for dead, and its job is delivered again within half as much more.
   * Default 30,000; longer for very many workers, whose renewals the server must bear.
   */
  readonly lease?: number;
  /** Attempts of a job that fails, before it is given up. Default 5. */
  readonly attempts?: number;
  /** Hears what a person should know: the server is away or back, a lease is lost. */
  readonly onNotice?: (notice: string) => void;
}

/** Jobs that are submitted at a time. */
const bulk = 1000;
/** Worker deaths that a job may see: the default of BullMQ, 1, gives a job up at its third, whatever its attempts. */
const maxStalledCount = 1000;
/** Milliseconds that the end of the work may take where the server has gone away. */
const patience = 5000;
/** The longest time that Node measures. */
const longest = 2 ** 31 - 1;

/**
 * An engine for more than one machine: a queue of BullMQ on Redis or Valkey, from which any number of workers take jobs under leases.
 *
 * @param url - `redis://[user:password@]host[:port][/database]`, or `rediss://` for TLS
 * @throws EngineError where no server answers there
 */
export async function bullmqEngine(
  url: string,
  { queue: name = "monosema", lease = 30_000, attempts = 5, onNotice = () => {} }: BullmqEngineOptions = {},
): Promise<Engine> {
  if (!/^rediss?:\/\/[^/]/.test(url) || !URL.canParse(url))
    throw new EngineError(`bullmqEngine: the address must be redis://host:port or rediss://host:port, got ${url}`);
  if (!(lease >= 100)) throw new RangeError(`bullmqEngine: lease must be at least 100 milliseconds, got ${lease}`);
  const connection = await connect(url, onNotice);
  const queue = new Queue<EntryData>(name, { connection });
  const onError = errorNotices(onNotice);
  queue.on("error", onError);

  const counts = async (): Promise<EngineCounts> => {
    const found = await queue.getJobCounts("wait", "prioritized", "delayed", "active", "failed");
    const count = (state: string): number => found[state] ?? 0;
    return {
      waiting: count("wait") + count("prioritized") + count("delayed"),
      running: count("active"),
      failed: count("failed"),
    };
  };

  return {
    name: `${urlWithoutPassword(url)} (queue ${name})`,
    async submit(jobs) {
      const givenUp = new Set((await queue.getFailed()).map(({ id }) => id));
      const entries = jobs.map((job) => ({
        name: job.kind,
        data: { job, losses: 0 },
        opts: {
          ...{ jobId: entryId(job), attempts, removeOnComplete: true, stackTraceLimit: 1 },
          backoff: { type: "exponential", delay: lease / 30 },
        },
      }));
      for (const { opts } of entries) if (givenUp.has(opts.jobId)) await queue.remove(opts.jobId);
      for (let at = 0; at < entries.length; at += bulk) await queue.addBulk(entries.slice(at, at + bulk));
    },
    async work(handle, { signal, drain, workers }) {
      const running = new Set<Promise<void>>();
      const worker = workers === 0 ? undefined : startWorker();
      function startWorker(): Worker<EntryData> {
        const leases = openLeases(lease, (id, how) => {
          onNotice(`the lease of ${id} ${lossText(how, lease)}; it is stopped here`);
          if (how === "expired" && connection.status === "ready") connection.disconnect(true); // the link is silent: a new one
        });
        const processor = (entry: Parameters<typeof deliver>[0], token = ""): Promise<void> => {
          const delivery = deliver(entry, token, handle, { lease, signal, leases });
          running.add(delivery);
          const ended = (): void => void running.delete(delivery);
          delivery.then(ended, ended);
          return delivery;
        };
        const started = new Worker<EntryData>(name, processor, {
          ...{ connection, concurrency: workers, maxStalledCount },
          ...{
            lockDuration: lease,
            stalledInterval: lease / 2,
            drainDelay: Math.min(5, lease / 2000),
            runRetryDelay: 1000,
          },
        });
        started.on("error", onError);
        started.on("locksRenewed", ({ jobIds }) => leases.renew(jobIds));
        started.on("lockRenewalFailed", (ids) => leases.lose(ids));
        return started;
      }
      while (!signal.aborted) {
        if (drain && running.size === 0 && (await isIdle(counts, signal))) break;
        await pause(Math.min(1000, lease / 6), signal);
      }
      const closed = worker?.close(connection.status !== "ready") ?? Promise.resolve();
      await Promise.allSettled(running);
      await within(patience, closed);
    },
    counts,
    cancel: () => queue.drain(true),
    async close() {
      await queue.close();
      connection.disconnect();
    },
  };
}

/** Whether nothing waits or runs anywhere; false where the signal is aborted before the server answers. */
async function isIdle(counts: () => Promise<EngineCounts>, signal: AbortSignal): Promise<boolean> {
  const found = await within(
    longest,
    counts().catch(() => undefined),
    signal,
  );
  return found !== undefined && found.waiting + found.running === 0;
}

const lossText = (how: Loss, lease: number): string =>
  how === "expired" ? `could not be renewed for ${lease / 1000} s` : "is with another worker, or the queue was emptied";

/** What BullMQ reports that the rest does not: connections and leases have notices of their own. Each message once. */
function errorNotices(onNotice: (notice: string) => void): (error: Error) => void {
  const said = new Set<string>();
  return ({ message, code }: NodeJS.ErrnoException) => {
    const isKnown =
      code !== undefined || /connection is closed|lock|socket timeout|not in the active state/i.test(message);
    if (isKnown || said.has(message)) return;
    said.add(message);
    onNotice(message);
  };
}
