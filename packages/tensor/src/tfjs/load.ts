import { BackendError } from "../errors.js";

/**
 * Imports the optional packages of an engine.
 *
 * @param imports - their literal names, which bundlers must see
 * @throws BackendError `not-installed` with the command that installs them
 */
export async function load<T>(name: string, packages: string, imports: () => Promise<T>): Promise<T> {
  try {
    return await imports();
  } catch (cause) {
    const message = `openBackend: ${name} needs ${packages}, got none; run npm install ${packages}`;
    throw new BackendError("not-installed", message, { cause });
  }
}
