import { type Engine, type EngineCounts, EngineError, type Job } from "@monosema/runs";
import { Queue } from "bullmq";
import { connect, urlWithoutPassword } from "./connect.js";
import { type EntryData, entryId } from "./entry.js";
import { pause } from "./pause.js";
import { startWorker } from "./startWorker.js";
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
      const entryOf = (job: Job) => ({
        name: job.kind,
        data: { job, losses: 0 },
        opts: {
          ...{ jobId: entryId(job), attempts, removeOnComplete: true, stackTraceLimit: 1 },
          backoff: { type: "exponential", delay: lease / 30 },
        },
      });
      for (const job of jobs) if (givenUp.has(entryId(job))) await queue.remove(entryId(job));
      for (let at = 0; at < jobs.length; at += bulk) await queue.addBulk(jobs.slice(at, at + bulk).map(entryOf));
    },
    async work(handle, { signal, drain, workers }) {
      const plan = { queue: name, connection, workers, handle, lease, signal, onNotice, onError };
      const worker = workers === 0 ? undefined : startWorker(plan);
      while (!signal.aborted) {
        if (drain && !worker?.busy() && (await isIdle(counts, signal))) break;
        await pause(Math.min(1000, lease / 6), signal);
      }
      await worker?.close();
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
