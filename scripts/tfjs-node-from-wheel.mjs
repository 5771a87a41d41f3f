#!/usr/bin/env node
// Makes an installed @tensorflow/tfjs-node work where the download of its install script fails, from npm and PyPI alone
// (Linux x64 with glibc).
//
//   npm install @tensorflow/tfjs-node@4.22.0 --ignore-scripts
//   node tfjs-node-from-wheel.mjs [PROJECT=.] [LIBRARY=~/.cache/monosema-tfjs-node/library]
//
// pip downloads the tensorflow-cpu wheel (0.2 GB) into LIBRARY, TensorFlow's C library is taken out of it (0.5 GB), the package's
// `deps` becomes a link to that, and the package's own build makes the addon, which is kept in LIBRARY too: the next project with
// the same LIBRARY needs neither Python nor a compiler. The library stays where it is, so keep LIBRARY as long as PROJECT.
// `npm ci` drops the link: run this again.
//
// Environment: TF_VERSION (2.13.1, the smallest wheel with the library; 2.12.0 and later have it), PYTHON (python3), CXX (g++),
// npm_config_nodedir (a Node installation with include/node; default: the one that runs this).
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import { createRequire } from "node:module";
import { homedir } from "node:os";
import path from "node:path";

const { TF_VERSION = "2.13.1", PYTHON = "python3", CXX = "g++", npm_config_nodedir } = process.env;
const project = path.resolve(process.argv[2] ?? ".");
const library = path.resolve(process.argv[3] ?? path.join(homedir(), ".cache", "monosema-tfjs-node", "library"));
const tensorflow = path.join(library, `tensorflow-${TF_VERSION}`);

requirePlatform();
const { folder, manifest, version, addon, napi } = findPackage();
say(`package ${version} in ${folder}, Node ${process.version}`);
if (fs.existsSync(addon)) {
  const found = proof();
  if (found.ok) {
    say(`nothing to do: ${lastLine(found.log)}`);
    process.exit(0);
  }
  say(`the addon that is there does not work (${lastLine(found.log)}); making another`);
}
if (fs.existsSync(tensorflow)) say(`library ${tensorflow}, from before`);
else unpackLibrary(downloadWheel());
linkLibrary();
buildAddon();
const result = proof();
if (!result.ok) fail(`the addon is built, but it does not work:\n${tail(result.log, 30)}`);
say(lastLine(result.log));

function requirePlatform() {
  const { platform, arch } = process;
  if (platform !== "linux" || arch !== "x64")
    fail(`needs Linux x64, got ${platform} ${arch}; use the package's own installer`);
  const { glibcVersionRuntime } = process.report.getReport().header;
  if (!glibcVersionRuntime) fail("needs glibc, got another C library; the wheel does not load on musl (Alpine)");
}

function findPackage() {
  let manifest;
  try {
    const require = createRequire(path.join(project, "index.js"));
    manifest = fs.realpathSync(require.resolve("@tensorflow/tfjs-node/package.json"));
  } catch {
    fail(
      `@tensorflow/tfjs-node must be installed, got nothing in ${project}; run npm install @tensorflow/tfjs-node@4.22.0 --ignore-scripts there`,
    );
  }
  const folder = path.dirname(manifest);
  const { version, binary } = JSON.parse(fs.readFileSync(manifest, "utf8"));
  const napi = Math.max(...binary.napi_versions.filter((v) => v <= Number(process.versions.napi)));
  return { folder, manifest, version, napi, addon: path.join(folder, "lib", `napi-v${napi}`, "tfjs_binding.node") };
}

/** Loads the package in a fresh process and compares a few of its operations with known results. */
function proof() {
  const code = `
    require("node:util").isNullOrUndefined ??= (v) => v === null || v === undefined;
    const tf = require("@tensorflow/tfjs-node");
    const same = (t, text) => { if (t.dataSync().join() !== text) throw Error(t + " is not " + text); };
    const a = tf.tensor2d([1, 2, 3, 4], [2, 2]);
    same(tf.matMul(a, a), "7,10,15,22");
    same(tf.topk(a, 1).indices, "1,1");
    same(tf.grad((x) => tf.sum(tf.square(tf.matMul(x, a))))(tf.eye(2)), "10,22,22,50");
    console.log("works: tfjs-node " + tf.version["tfjs-node"] + " on TensorFlow " + tf.backend().binding.TF_Version);`;
  return run(process.execPath, ["-e", code], { cwd: project, env: { TF_CPP_MIN_LOG_LEVEL: "2", ...process.env } });
}

function downloadWheel() {
  fs.mkdirSync(library, { recursive: true });
  const present = () =>
    fs.readdirSync(library).find((name) => name.startsWith(`tensorflow_cpu-${TF_VERSION}-`) && name.endsWith(".whl"));
  if (!run(PYTHON, ["--version"]).ok) fail(`${PYTHON} must run; install Python 3, or set PYTHON`);
  if (!present()) {
    if (!run(PYTHON, ["-m", "pip", "--version"]).ok) {
      fail(`${PYTHON} must have pip; install it, or put the tensorflow-cpu ${TF_VERSION} wheel into ${library}`);
    }
    say(`downloading tensorflow-cpu ${TF_VERSION} (0.2 GB)`);
    // The wheel of one fixed Python, whichever Python runs pip: only its C library is used.
    const platforms = ["manylinux2014_x86_64", "manylinux_2_17_x86_64", "manylinux_2_27_x86_64"];
    const target = ["--python-version", "3.11", "--implementation", "cp", "--abi", "cp311"];
    const options = ["--no-deps", "--no-cache-dir", "--only-binary=:all:", "-d", library];
    const flags = [...options, ...target, ...platforms.flatMap((p) => ["--platform", p])];
    const got = run(PYTHON, ["-m", "pip", "download", ...flags, `tensorflow-cpu==${TF_VERSION}`]);
    if (!got.ok || !present()) fail(`pip must download the wheel, but did not:\n${tail(got.log)}`);
  }
  return path.join(library, present());
}

/** Takes the two libraries and the C headers out of the wheel; a half-made folder is never used. */
function unpackLibrary(wheel) {
  say(`unpacking the C library of ${path.basename(wheel)}`);
  const part = `${tensorflow}.part`;
  fs.rmSync(part, { recursive: true, force: true });
  const unpack = `
import pathlib, re, shutil, sys, zipfile
wheel = zipfile.ZipFile(sys.argv[1])
wanted = re.compile(r"tensorflow/(?:(lib)tensorflow_(?:cc|framework)\\.so\\.2"
                    r"|include/(?:tensorflow/c|tensorflow/core/platform|(?:tensorflow/|xla/)?tsl)/.*\\.h)")
for name in wheel.namelist():
    match = wanted.fullmatch(name)
    if match:
        target = pathlib.Path(sys.argv[2], match[1] or "", name[len("tensorflow/"):])
        target.parent.mkdir(parents=True, exist_ok=True)
        with wheel.open(name) as source, target.open("wb") as out:
            shutil.copyfileobj(source, out, 1 << 20)`;
  const unpacked = run(PYTHON, ["-c", unpack, wheel, part]);
  if (!unpacked.ok) fail(`${wheel} must unpack (delete it if it is damaged):\n${tail(unpacked.log)}`);
  const files = ["lib/libtensorflow_cc.so.2", "lib/libtensorflow_framework.so.2", "include/tensorflow/c/eager/c_api.h"];
  const missing = files.filter((file) => !fs.existsSync(path.join(part, file)));
  if (missing.length > 0)
    fail(`${wheel} must hold ${missing.join(", ")}; wheels have them from 2.12.0 on, set TF_VERSION`);
  // The names that the linker looks for.
  fs.symlinkSync("libtensorflow_cc.so.2", path.join(part, "lib", "libtensorflow.so"));
  fs.symlinkSync("libtensorflow_framework.so.2", path.join(part, "lib", "libtensorflow_framework.so"));
  fs.renameSync(part, tensorflow);
}

/** Makes the package's `deps` a link; with the file that its install script looks for, that script downloads nothing. */
function linkLibrary() {
  const { LIBTENSORFLOW_VERSION } = createRequire(manifest)("./scripts/deps-constants.js");
  const expected = path.join(tensorflow, "lib", `libtensorflow.so.${LIBTENSORFLOW_VERSION}`);
  if (!fs.existsSync(expected)) fs.symlinkSync("libtensorflow_cc.so.2", expected);
  fs.rmSync(path.join(folder, "deps"), { recursive: true, force: true });
  fs.symlinkSync(tensorflow, path.join(folder, "deps"));
}

/** The addon uses Node-API, so that one build serves every version of Node. */
function buildAddon() {
  const kept = path.join(tensorflow, `tfjs_binding-${version}-napi-v${napi}.node`);
  if (!fs.existsSync(kept)) {
    for (const tool of ["npm", "make", CXX]) {
      if (!run(tool, ["--version"]).ok) fail(`${tool} must run; the build needs npm, make and a C++ compiler`);
    }
    const nodedir = npm_config_nodedir ?? path.dirname(path.dirname(fs.realpathSync(process.execPath)));
    const headers = fs.existsSync(path.join(nodedir, "include", "node", "node_api.h"));
    say(`building the addon with ${headers ? `the headers in ${nodedir}` : "headers that node-gyp downloads"}`);
    const env = headers ? { ...process.env, npm_config_nodedir: nodedir } : process.env;
    const built = run("npm", ["run", "build-addon-from-source"], { cwd: folder, env });
    const advice = headers ? "" : "\nset npm_config_nodedir to a Node installation that has include/node";
    if (!built.ok) fail(`the addon must build, but did not:\n${tail(built.log, 60)}${advice}`);
    fs.copyFileSync(addon, kept);
  }
  fs.mkdirSync(path.dirname(addon), { recursive: true });
  fs.rmSync(addon, { force: true });
  fs.copyFileSync(kept, addon);
}

function run(command, args, options) {
  const { status, error, stdout, stderr } = spawnSync(command, args, {
    encoding: "utf8",
    maxBuffer: 1 << 28,
    ...options,
  });
  return { ok: status === 0, log: `${error ?? ""}${stdout ?? ""}${stderr ?? ""}`.trim() };
}

function tail(text, lines = 20) {
  return text.split("\n").slice(-lines).join("\n");
}

function lastLine(text) {
  return tail(text, 1);
}

function say(text) {
  console.error(`tfjs-node-from-wheel: ${text}`);
}

function fail(text) {
  say(text);
  process.exit(1);
}
