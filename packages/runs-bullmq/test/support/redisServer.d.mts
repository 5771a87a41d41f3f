/** A server of Redis for a test. */
export interface RedisServer {
  readonly url: string;
  readonly port: number;
  /** Starts it again, with what it had written. */
  start(): Promise<void>;
  /** Kills it -9. */
  kill(): Promise<void>;
  /** Ends it and removes its folder. */
  close(): Promise<void>;
}

export function redisServer(): Promise<RedisServer>;
export function freePort(): Promise<number>;
