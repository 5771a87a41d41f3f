import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { folderStore } from "../src/index.js";
import { storeContract } from "./support/storeContract.js";
import { temporaryFolder } from "./support/temporary.js";

describe("a store in a folder", () => {
  storeContract(async () => {
    const address = temporaryFolder();
    return { store: await folderStore(address), opener: "folderStore", address };
  });
});

it("a damaged result is named, not passed over", async () => {
  const folder = temporaryFolder();
  const store = await folderStore(folder);
  writeFileSync(join(folder, "results/x.json"), '{"id":');
  await expect(store.result("x")).rejects.toThrow(/x\.json.*remove the file/);
});
