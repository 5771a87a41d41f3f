// The suites that need a native library or a server, by its name: `node scripts/node-suites.mjs tfjs-node`. It is installed outside
// the checkout first; and here a file that skips all its tests has failed.
import { join } from "node:path";
import { filesUnder } from "./lib/fingerprint.mjs";
import { motoServer } from "./lib/motoServer.mjs";
import { run } from "./lib/run.mjs";
import { runTests } from "./lib/vitest.mjs";
import { root, workspaces } from "./lib/workspace.mjs";

/**
 * By library: its installer, which prints the folder or program that a variable names to the tests, and the names of their files. A
 * server may be started from that folder; the variable names its address then.
 */
const libraries = {
  "tfjs-node": {
    installer: "ci-tfjs-node.mjs",
    variable: "MONOSEMA_TFJS_NODE",
    required: "MONOSEMA_REQUIRE_TFJS_NODE",
    files: /\.node\.test\.ts$|\/vectors\..*\.test\.ts$/,
  },
  onnxruntime: {
    installer: "ci-onnxruntime.mjs",
    variable: "MONOSEMA_ONNXRUNTIME",
    required: "MONOSEMA_REQUIRE_ONNXRUNTIME",
    files: /\.ort\.test\.ts$/,
  },
  s3: {
    installer: "ci-moto.mjs",
    serve: motoServer,
    variable: "MONOSEMA_S3",
    required: "MONOSEMA_REQUIRE_S3",
    files: /\.s3\.test\.ts$/,
  },
  redis: {
    installer: "ci-redis.mjs",
    variable: "MONOSEMA_REDIS_SERVER",
    required: "MONOSEMA_REQUIRE_REDIS",
    files: /\.redis\.test\.ts$/,
    env: { VITEST_MAX_WORKERS: "8" }, // they wait for processes and leases, and hardly compute
  },
};

const [name] = process.argv.slice(2);
const library = libraries[name];
if (library === undefined) {
  throw new RangeError(`node-suites: the library must be one of ${Object.keys(libraries).join(", ")}, got ${name}`);
}
const folder = await install(library);
const server = folder && library.serve ? await library.serve(folder) : undefined;
const { passed, failures } = folder
  ? await suites(server?.address ?? folder).finally(() => server?.stop())
  : { passed: 0, failures: [`${name}: installation`] };
for (const failure of failures) process.stdout.write(`failed ${failure}\n`);
process.stdout.write(`${passed} passed, ${failures.length} failed\n`);
process.exitCode = failures.length === 0 ? 0 : 1;

// The installer prints the folder, and nothing else, to standard output.
async function install({ installer }) {
  const { status, stdout } = await run(process.execPath, [join("scripts", installer)], { output: "tee" });
  return status === 0 ? stdout.trim() : undefined;
}

async function suites(installed) {
  const files = workspaces().flatMap(({ folder }) =>
    filesUnder(join(root, folder, "test"))
      .map(({ file }) => `${folder}/test/${file}`)
      .filter((file) => library.files.test(file)),
  );
  const env = { [library.variable]: installed, [library.required]: "1", ...library.env };
  const { passed, failures, idle } = await runTests(files, name, env);
  return { passed, failures: [...failures, ...idle.map((file) => `${name}: ${file} skipped every test`)] };
}
