import { hostname } from "node:os";

/** This process, as results and failures name who ran them. */
export const workerName = (): string => `${hostname()} ${process.pid}`;
