import { failureOf, type Handle, newToken } from "@monosema/runs";
import { DelayedError, UnrecoverableError, WaitingError } from "bullmq";
import type { Entry } from "./entry.js";
import type { Leases } from "./leases.js";
import { pause } from "./pause.js";
import { within } from "./within.js";

/** Processes that a job may lose before it is given up: it may be what kills them. */
const mostLosses = 20;
/** Milliseconds that a server which is away is waited for when the work ends. */
const patience = 2000;

/** What a delivery needs. */
export interface DeliverOptions {
  /** Milliseconds of a lease. */
  readonly lease: number;
  /** Aborted when the work ends. */
  readonly signal: AbortSignal;
  /** Those of this worker. */
  readonly leases: Leases;
}

/**
 * Delivers a job of the queue once. What it throws tells BullMQ what becomes of the entry: an attempt that failed counts, one that was
 * killed, refused, stopped or cut off does not.
 *
 * @param token - of BullMQ, for its own operations on the entry
 */
export async function deliver(
  entry: Entry,
  token: string,
  handle: Handle,
  { lease, signal, leases }: DeliverOptions,
): Promise<void> {
  const held = leases.hold(entry.id as string);
  try {
    await handle(entry.data.job, { token: newToken(), signal: AbortSignal.any([signal, held.signal]) });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    if (held.signal.aborted) throw new WaitingError(message); // the entry is no longer ours
    if (signal.aborted) {
      await within(
        patience,
        entry.moveToWait(token).catch(() => {}),
      );
      throw new WaitingError(message);
    }
    const kind = failureOf(error);
    const losses = entry.data.losses + 1;
    if (kind === "final" || (kind === "lost" && losses >= mostLosses)) throw new UnrecoverableError(message);
    if (kind === "failed") throw error;
    // Later, so that another machine may have it: one that lacks memory, say, would kill it again.
    if (kind === "lost") await entry.updateData({ ...entry.data, losses });
    await entry.moveToDelayed(Date.now() + (kind === "lost" ? (losses * lease) / 30 : lease), token);
    held.end();
    if (kind === "refused") await pause(lease / 2, signal); // leaves the next ones to others
    throw new DelayedError(message);
  } finally {
    held.end();
  }
}
