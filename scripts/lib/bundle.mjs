import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { root } from "./workspace.mjs";

/**
 * Bundles a program for a page with esbuild, minified, everything in one file; gives `{bytes, gzip, inputs}`: its size, its size
 * in gzip, and the files that went into it. Packages of the workspace are found from `docs`, which depends on all of them.
 */
export async function bundle(program) {
  // Not at the top: scripts are loaded before the workspace is installed.
  const { build } = await import("esbuild");
  const { outputFiles, metafile } = await build({
    stdin: { contents: program, resolveDir: join(root, "docs") },
    absWorkingDir: root,
    bundle: true,
    minify: true,
    format: "esm",
    platform: "browser",
    write: false,
    metafile: true,
    logLevel: "silent",
  });
  const [{ contents }] = outputFiles;
  return {
    bytes: contents.length,
    gzip: gzipSync(contents, { level: 9 }).length,
    inputs: Object.keys(metafile.inputs),
  };
}
