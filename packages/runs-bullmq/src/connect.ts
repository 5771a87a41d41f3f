import { EngineError } from "@monosema/runs";
import { Redis } from "ioredis";

/** Milliseconds without a server after which it is said to be away. */
const blip = 1000;
/** Milliseconds that a server has to answer at first. */
const silence = 10_000;
/** Most milliseconds between two attempts to reach the server. */
const patience = 2000;

/**
 * Connects to a server of Redis or Valkey that must be there now; when it goes away later, what is asked of it waits until it is back.
 *
 * @param onNotice - hears when the server goes away and when it is back
 * @throws EngineError where it does not answer
 */
export async function connect(url: string, onNotice: (notice: string) => void): Promise<Redis> {
  const name = urlWithoutPassword(url);
  let [isUp, reason] = [false, `no answer within ${silence / 1000} s`];
  const redis = new Redis(url, {
    lazyConnect: true,
    maxRetriesPerRequest: null, // as BullMQ requires it
    connectTimeout: silence,
    retryStrategy: (times) => (isUp ? Math.min(100 * times, patience) : null),
  });
  redis.on("error", (error) => {
    reason = messageOf(error);
  });
  const silent = setTimeout(() => redis.disconnect(), silence);
  try {
    await redis.connect();
  } catch (cause) {
    redis.disconnect();
    throw new EngineError(
      `a server must answer at ${name}, got ${reason}; start one with: ${startingCommand(url)}, or name one that runs`,
      { cause },
    );
  } finally {
    clearTimeout(silent);
  }
  isUp = true;
  redis.options.lazyConnect = false; // its duplicates wait for a server that is away, where connect() would fail
  let away: NodeJS.Timeout | undefined;
  let isSaid = false;
  redis.on("close", () => {
    away ??= setTimeout(() => {
      isSaid = true;
      onNotice(`${name} is away; what runs goes on for now, and the rest waits until it is back`);
    }, blip);
  });
  redis.on("ready", () => {
    clearTimeout(away);
    away = undefined;
    if (isSaid) onNotice(`${name} is back`);
    isSaid = false;
  });
  redis.on("end", () => clearTimeout(away));
  return redis;
}

/** Takes a new connection for one whose link is silent; once, however many notice. */
export function reconnecting(redis: Redis): () => void {
  let isAsked = false;
  return () => {
    if (isAsked || redis.status !== "ready") return; // else it is being made
    isAsked = true;
    redis.once("close", () => {
      isAsked = false;
    });
    redis.disconnect(true);
  };
}

/** An address as it may be shown. */
export function urlWithoutPassword(url: string): string {
  const shown = new URL(url);
  if (shown.password !== "") shown.password = "***";
  return shown.href;
}

function startingCommand(url: string): string {
  const { hostname, port } = new URL(url);
  const isHere = ["localhost", "127.0.0.1", "[::1]"].includes(hostname);
  const bind = isHere ? "--bind 127.0.0.1" : "--protected-mode no";
  return `redis-server --port ${port || 6379} ${bind} --appendonly yes --maxmemory-policy noeviction`;
}

/** Failed attempts on several addresses have a message each. */
function messageOf(error: Error): string {
  const { errors } = error as AggregateError;
  return error.message || (errors ?? []).map(({ message }: Error) => message).join(", ");
}
