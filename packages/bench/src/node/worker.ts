import { parentPort, workerData } from "node:worker_threads";
import { openParts } from "../data/benchParts.js";
import type { BatchAnswer, WorkerStart } from "./batchWorkers.js";

const { parts, batchSize, order } = workerData as WorkerStart;
const source = openParts(parts).source(batchSize, order);

parentPort?.on("message", (step: number) => {
  let answer: BatchAnswer;
  try {
    answer = { step, batch: source.batch(step) };
  } catch (error) {
    answer = { step, error: String(error) };
  }
  const { input, target } = answer.batch ?? {};
  const moved = [input, target].flatMap((array) => (array === undefined ? [] : [array.buffer as ArrayBuffer]));
  parentPort?.postMessage(answer, moved);
});
