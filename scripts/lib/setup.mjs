import { createHash } from "node:crypto";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { phase } from "./phase.mjs";
import { run } from "./run.mjs";
import { readJson, root, workspaces } from "./workspace.mjs";

const stampFile = join(root, "node_modules", ".setup-stamp");

/**
 * Installs the workspace with the pnpm pinned in package.json, for which Node and npm are enough. Skipped where the
 * installed packages are in step with the lockfile and the manifests; `args` go to `pnpm install` and force it. Returns
 * the exit status.
 */
export async function setup(args = []) {
  const { engines, devEngines } = readJson("package.json");
  const [, major, minor] = /(\d+)\.(\d+)/.exec(engines.node).map(Number);
  const [ownMajor, ownMinor] = process.versions.node.split(".").map(Number);
  if (ownMajor < major || (ownMajor === major && ownMinor < minor)) {
    process.stderr.write(
      `setup: Node ${engines.node} is required, got ${process.versions.node}; install a newer Node\n`,
    );
    return 1;
  }
  if (args.length === 0 && inStep()) {
    process.stderr.write("setup: installed packages are in step with the lockfile\n");
    return 0;
  }
  rmSync(stampFile, { force: true });
  const pnpm = `pnpm@${devEngines.packageManager.version}`;
  const status = await phase(`setup: installing with ${pnpm}`, () => install(pnpm, args));
  if (status === 0) writeFileSync(stampFile, fingerprint());
  return status;
}

// npx runs from the temporary folder so that it never picks (and pnpm never purges) the copy in node_modules; without
// --prefer-offline it waits minutes for an unreachable registry before it looks into its cache.
function install(pnpm, args) {
  return run(
    "npx",
    [
      ...["--yes", "--prefer-offline", pnpm, "--dir", root, "install", "--frozen-lockfile"],
      ...["--config.confirm-modules-purge=false", "--reporter=append-only", ...args],
    ],
    { cwd: tmpdir(), output: "capture", env: { npm_config_loglevel: "notice" } },
  );
}

function inStep() {
  const installed = workspaces().every(({ folder }) => existsSync(join(root, folder, "node_modules")));
  return installed && existsSync(stampFile) && readFileSync(stampFile, "utf8") === fingerprint();
}

function fingerprint() {
  const hash = createHash("sha256").update(`${process.platform} ${process.arch}\n`);
  const manifests = workspaces().map(({ folder }) => `${folder}/package.json`);
  for (const file of ["package.json", "pnpm-lock.yaml", "pnpm-workspace.yaml", ...manifests]) {
    hash.update(`${file}\n`).update(readFileSync(join(root, file)));
  }
  return hash.digest("hex");
}
