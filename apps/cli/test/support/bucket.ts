import { randomUUID } from "node:crypto";
import { beforeEach, onTestFinished, vi } from "vitest";

/** The address of a server that speaks as S3, where there is one. */
export const server: string | undefined = process.env.MONOSEMA_S3;

/** Address of a store that nobody has used. */
export const newBucketStore = (): string => `s3://monosema-tests/${randomUUID()}`;

/** Sets the variables of the server for each test. */
export function useServer(): void {
  beforeEach(() => {
    const variables = { AWS_ACCESS_KEY_ID: "key", AWS_SECRET_ACCESS_KEY: "secret", AWS_ENDPOINT_URL: server };
    for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
    onTestFinished(() => void vi.unstubAllEnvs());
  });
}
