import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { inProcess, temporaryFolder } from "./support/cli.js";

it.each([
  ["data of train", (file: string) => ["train", "--data", file]],
  ["certificates of recheck", (file: string) => ["recheck", file]],
])("a Git LFS pointer in the place of %s is named, with status 2", async (_, args) => {
  const file = join(temporaryFolder(), "file.npy");
  writeFileSync(file, `version https://git-lfs.github.com/spec/v1\noid sha256:${"0".repeat(64)}\nsize 2150000000\n`);
  const { status, stderr } = await inProcess(...args(file));
  expect([status, stderr]).toEqual([2, expect.stringMatching(/Git LFS pointer.*git lfs pull/)]);
});
