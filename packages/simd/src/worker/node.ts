import { parentPort, workerData } from "node:worker_threads";
import { workerLoop } from "./loop.js";

workerLoop(workerData, () => parentPort?.postMessage("ready"));
