// Proves that a release works without making one: packs every package, publishes a copy of the workspace to a registry on
// the loopback interface, and installs and uses the result. The last line is `N passed, N failed`.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { prepare } from "./lib/prepare.mjs";
import { workspaces } from "./lib/workspace.mjs";
import { openChecks } from "./release/checks.mjs";
import { checkConsumer } from "./release/consumer.mjs";
import { checkPackages } from "./release/packages.mjs";
import { checkPublishing } from "./release/publishing.mjs";
import { openRegistry } from "./release/registry.mjs";

const packages = workspaces().filter(({ manifest }) => !manifest.private);
const scratch = mkdtempSync(join(tmpdir(), "release-proof-"));
const registry = await openRegistry();
const checks = openChecks();

try {
  await checks.check("everything builds", async () => {
    if ((await prepare()) !== 0) throw new Error("see above");
  });
  await checkPackages(checks, packages, scratch);
  const versions = await checkPublishing(checks, packages, scratch, registry);
  await checkConsumer(checks, packages, versions, scratch, registry);
} finally {
  registry.close();
  rmSync(scratch, { recursive: true, force: true });
}
process.exitCode = checks.close();
