import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Backend } from "../src/index.js";
import { codesContract } from "./contract/codes.js";
import type { Fixture } from "./contract/fixture.js";
import { lifetimeContract } from "./contract/lifetimes.js";
import { updateContract } from "./contract/update.js";
import { valueContract } from "./contract/values.js";

/** What a backend states about itself. */
export interface BackendExpectations extends Omit<Fixture, "backend"> {
  /** Name that it must have. */
  readonly name: string;
  /** Element type that it must have. */
  readonly precision: Backend["precision"];
  /** Rounding that it must have, where that does not depend on the machine. */
  readonly arithmetic?: Backend["arithmetic"];
}

/** The contract of every backend: its kernels against float64 loops, ties, empty selections, ownership, messages. */
export function backendContract(open: () => Promise<Backend>, expectations: BackendExpectations): void {
  const opened: { backend?: Backend } = {};
  const backend = (): Backend => {
    if (opened.backend === undefined) throw new Error("internal: the suite did not open its backend");
    return opened.backend;
  };
  beforeAll(async () => {
    opened.backend = await open();
  });
  afterAll(async () => {
    await opened.backend?.close();
  });

  describe(expectations.name, () => {
    it("says what it is", () => {
      expect([backend().name, backend().precision]).toEqual([expectations.name, expectations.precision]);
      const { arithmetic } = expectations;
      expect(arithmetic === undefined ? ["separate", "fused", "native"] : [arithmetic]).toContain(backend().arithmetic);
      expect(backend().detail).not.toBe("");
      expect(backend().threads).toBeGreaterThanOrEqual(1);
    });
    const fixture: Fixture = { ...expectations, backend };
    valueContract(fixture);
    codesContract(fixture);
    updateContract(fixture);
    lifetimeContract(fixture);
  });
}
