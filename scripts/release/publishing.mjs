import { cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { root } from "../lib/workspace.mjs";
import { tool } from "./tool.mjs";

const leftOut = new Set(["node_modules", ".git", ".turbo", "reports", "site", "coverage"]);
/** What a command line left at the root. */
const results = join(root, "runs");

/** Versions and publishes a copy of the workspace to a loopback registry, twice; gives the published versions by name. */
export async function checkPublishing({ check }, packages, scratch, registry) {
  const copy = join(scratch, "copy");
  const userconfig = join(scratch, "npmrc");
  const { host } = new URL(registry.url);
  writeFileSync(userconfig, `//${host}/:_authToken=proof\n`);
  // Not .npmrc: changesets takes the registry from the environment only.
  const env = { CI: "true", npm_config_registry: registry.url, npm_config_userconfig: userconfig };
  const changeset = (command) => tool("changeset", [command], { cwd: copy, env });
  const versions = new Map();

  await check("a copy of the workspace installs from the frozen lockfile", async () => {
    cpSync(root, copy, { recursive: true, filter: (path) => !leftOut.has(basename(path)) && path !== results });
    await openRepository(copy);
    await commit(copy);
    await tool("pnpm", ["install", "--frozen-lockfile", "--prefer-offline"], { cwd: copy });
  });
  await check("changeset version raises every package as its changesets ask, and writes its changelog", async () => {
    const asked = readdirSync(join(copy, ".changeset")).filter((name) => name.endsWith(".md"));
    const text = asked.map((name) => readFileSync(join(copy, ".changeset", name), "utf8")).join("\n");
    await changeset("version");
    for (const { folder, manifest } of packages) {
      const { version } = JSON.parse(readFileSync(join(copy, folder, "package.json"), "utf8"));
      versions.set(manifest.name, version);
      if (version === manifest.version) throw new Error(`${manifest.name} stayed at ${version}`);
      const isMajor = version.split(".")[0] !== manifest.version.split(".")[0];
      if (isMajor !== text.includes(`"${manifest.name}": major`))
        throw new Error(`${manifest.name} went from ${manifest.version} to ${version}`);
      if (!existsSync(join(copy, folder, "CHANGELOG.md"))) throw new Error(`${manifest.name} has no CHANGELOG.md`);
    }
    await commit(copy);
    return [...versions].map((pair) => pair.join("@")).join(" ");
  });
  await check("the lockfile still fits the raised versions", async () => {
    await tool("pnpm", ["install", "--frozen-lockfile", "--offline"], { cwd: copy });
  });
  await check("changeset publish publishes every package and tags it", async () => {
    await changeset("publish");
    const tags = (await tool("git", ["tag"], { cwd: copy })).split("\n");
    for (const [name, version] of versions) {
      if (!registry.versions(name).includes(version)) throw new Error(`${name}@${version} is not in the registry`);
      if (!tags.includes(`${name}@${version}`)) throw new Error(`the tag ${name}@${version} is missing`);
    }
  });
  await check("a second changeset publish finds nothing to publish", async () => {
    const output = await changeset("publish");
    if (!output.includes("No unpublished projects to publish")) throw new Error(output);
  });
  return versions;
}

async function openRepository(folder) {
  await tool("git", ["init", "--quiet"], { cwd: folder });
  const settings = {
    "user.name": "proof",
    "user.email": "proof@localhost",
    "commit.gpgsign": "false",
    "tag.gpgsign": "false",
  };
  for (const [name, value] of Object.entries(settings)) await tool("git", ["config", name, value], { cwd: folder });
}

async function commit(folder) {
  await tool("git", ["add", "--all"], { cwd: folder });
  await tool("git", ["commit", "--quiet", "--message", "proof"], { cwd: folder });
}
