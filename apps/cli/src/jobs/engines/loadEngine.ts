/**
 * Loads the package of an engine, which is installed by those who use it.
 *
 * @throws EngineError where it is not installed
 */
export async function loadEngine<T>(name: string, load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code !== "ERR_MODULE_NOT_FOUND" || !message.includes(`'${name}'`)) throw cause;
    const { EngineError } = await import("@monosema/runs");
    throw new EngineError(`the package ${name} must be installed beside monosema, got none; run npm i ${name}`, {
      cause,
    });
  }
}
