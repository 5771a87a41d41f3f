import { readFileSync } from "node:fs";
import asc from "assemblyscript/asc";

/** Options of {@link kernelBytes}. */
export interface CompileOptions {
  /** For a shared memory. */
  readonly shared?: boolean;
  /** Whole numbers that the source reads by name. */
  readonly constants?: Readonly<Record<string, number>>;
}

/** `kernels/<name>.ts` of the tests as WebAssembly, built as the package builds its own. */
export async function kernelBytes(
  name: "pool" | "relaxed",
  { shared = false, constants = {} }: CompileOptions = {},
): Promise<Uint8Array<ArrayBuffer>> {
  const source = readFileSync(new URL(`kernels/${name}.ts`, import.meta.url), "utf8");
  const memory = ["--importMemory", "--noExportMemory", "--initialMemory", "64", "--maximumMemory", "65536"];
  const uses = Object.entries(constants).flatMap(([key, value]) => ["--use", `${key}=${value}`]);
  let wasm: Uint8Array<ArrayBuffer> | undefined;
  const { error, stderr } = await asc.main(
    [
      ...[`${name}.ts`, "--outFile", "out.wasm", "-O1", "--runtime", "stub", "--noAssert", ...memory, ...uses],
      ...["--memoryBase", "32768", "--enable", "threads", ...(shared ? ["--sharedMemory"] : [])],
    ],
    {
      readFile: (file) => (file === `${name}.ts` ? source : null),
      writeFile: (_, content) => {
        wasm = content as Uint8Array<ArrayBuffer>;
      },
      listFiles: () => [],
    },
  );
  if (wasm === undefined) throw new Error(`the kernels of the test must compile, got ${stderr.toString()}${error}`);
  return wasm;
}

/** The kernels of `kernels/pool.ts`, compiled. */
export async function poolKernels(options: CompileOptions): Promise<WebAssembly.Module> {
  return new WebAssembly.Module(await kernelBytes("pool", options));
}
