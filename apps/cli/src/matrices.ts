import { basename, dirname, join } from "node:path";
import type { ImagePreparation } from "@monosema/harvest";
import { folderFiles } from "@monosema/harvest/node";
import {
  type ActivationOrigin,
  type Activations,
  type FilePool,
  type Files,
  joinedOrigin,
  joinedRows,
  openActivations,
  pooledFiles,
} from "@monosema/harvest/read";
import { type MatrixSource, nearestWords } from "@monosema/tensor";
import { dataFile, pathsAt } from "./dataFile.js";
import { didYouMean } from "./didYouMean.js";
import { statOf } from "./statOf.js";
import { UsageError } from "./usageError.js";

/** The matrices of some texts of an option, whose rows follow each other. */
export interface Matrices {
  /** All rows; to close it closes the files. */
  readonly matrix: MatrixSource;
  /** The files that hold them, in order. */
  readonly files: readonly MatrixFile[];
  /** The model that the first was taken from, where its folder states it. */
  readonly model?: string;
  /** Layers of that model, where its folder states them. */
  readonly layers?: number;
  /** How images were made ready for it, where its folder states that. */
  readonly preparation?: ImagePreparation;
  /** Name of the matrix of the first, where it has one: of a harvest its hook. */
  readonly hook?: string;
  /** Where the rows come from, as far as all files know it. */
  readonly origin?: ActivationOrigin;
  /** The folders that the files are in, while they are open. */
  readonly folders: readonly Files[];
}

/** A file that holds rows. */
export interface MatrixFile {
  /** Its path. */
  readonly path: string;
  /** Hash of its content, where the files themselves state it. */
  readonly sha256?: string;
}

/**
 * Opens what the texts of an option name, each `FILE` or `FILE:matrix`, where FILE may be a folder or a pattern.
 *
 * @throws UsageError where there is nothing, or a matrix must be named; FormatError where it cannot be read
 */
export async function openMatrices(option: string, texts: readonly string[]): Promise<Matrices> {
  // One list and one pool for all files of a folder: a pattern may stand for thousands.
  const folders = new Map<string, FilePool>();
  const close = async (): Promise<void> => {
    for (const pool of folders.values()) await pool.close();
  };
  try {
    const matrices: MatrixSource[] = [];
    const files: MatrixFile[] = [];
    const facts: Pick<Matrices, "model" | "layers" | "preparation" | "hook">[] = [];
    const origins: Parameters<typeof joinedOrigin>[0][number][] = [];
    for (const text of texts) {
      const { path, tensor } = dataFile(text);
      for (const one of pathsFor(option, path)) {
        const isFolder = statOf(one)?.isDirectory() ?? false;
        const folder = isFolder ? one : dirname(one);
        const pool = folders.get(folder) ?? pooledFiles(await filesIn(option, folder, one));
        folders.set(folder, pool);
        const main = isFolder ? {} : { main: basename(one) };
        const activations = await openActivations({ ...pool.files, name: basename(one), ...main });
        const own = await matrixOf(option, one, activations, tensor);
        matrices.push(own);
        origins.push({ rows: own.rows, origin: activations.origin });
        facts.push(factsOf(activations, tensor));
        files.push(...activations.files.map(({ name, ...file }) => ({ ...file, path: join(folder, name) })));
      }
    }
    const [only, ...more] = matrices;
    const matrix =
      only && more.length === 0 ? only : joinedRows(texts.map((text) => basename(text)).join(", "), matrices);
    const origin = joinedOrigin(origins);
    return {
      matrix: { ...matrix, close },
      files,
      ...facts[0],
      ...(origin === undefined ? {} : { origin }),
      folders: [...folders.values()].map((pool) => pool.files),
    };
  } catch (error) {
    await close();
    throw error;
  }
}

function factsOf({ model, layers, preparation, matrices }: Activations, tensor: string | undefined) {
  const hook = tensor ?? (matrices.length === 1 ? matrices[0] : undefined);
  return {
    ...(model === undefined ? {} : { model }),
    ...(layers === undefined ? {} : { layers }),
    ...(preparation && { preparation }),
    ...(hook === undefined || hook === "" ? {} : { hook }),
  };
}

/** The files of a folder, whose errors name the option. */
async function filesIn(option: string, folder: string, path: string): Promise<Files> {
  const files = await unlessUnreadable(option, path, folderFiles(folder));
  return { ...files, open: (name) => unlessUnreadable(option, join(folder, name), files.open(name)) };
}

/** The paths that a text stands for; one that is not there stands for itself, whose error says so. */
function pathsFor(option: string, path: string): readonly string[] {
  const paths = pathsAt(path);
  if (paths.length > 0) return paths;
  if (!/[*?]/.test(basename(path))) return [path];
  throw new UsageError(`--${option} must name files, got ${path}, which stands for none; check the pattern`);
}

/** What a promise gives, or an error that names the option where the system refuses. */
export async function unlessUnreadable<T>(option: string, path: string, opening: Promise<T>): Promise<T> {
  return await opening.catch((error: NodeJS.ErrnoException) => {
    throw new UsageError(
      `--${option} must name a readable file, got ${path} (${error.code ?? error.message}); check the path`,
      { cause: error },
    );
  });
}

async function matrixOf(
  option: string,
  path: string,
  { matrices, matrix }: Activations,
  tensor: string | undefined,
): Promise<MatrixSource> {
  if (tensor === undefined || matrices.includes(tensor)) return await matrix(tensor);
  if (matrices[0] === "") {
    throw new UsageError(
      `--${option} must name no tensor in ${path}, which holds one matrix without a name, got ${tensor}; drop it`,
    );
  }
  const listed =
    nearestWords(tensor, matrices)
      .map(({ word }) => word)
      .join(", ") || "none";
  throw new UsageError(
    `--${option} must name a matrix of ${path}, got ${tensor}, and there ${matrices.length === 1 ? "is" : "are"} ${listed}${didYouMean(tensor, matrices)}`,
  );
}
