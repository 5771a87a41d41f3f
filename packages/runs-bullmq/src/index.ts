/**
 * The engine of many jobs on BullMQ, for Redis or Valkey.
 *
 * @module index
 */
export { type BullmqEngineOptions, bullmqEngine } from "./bullmqEngine.js";
