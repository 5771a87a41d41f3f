import { randomBytes } from "node:crypto";

/** A name for an attempt that no other attempt of the job has. */
export const newToken = (): string => randomBytes(6).toString("hex");
