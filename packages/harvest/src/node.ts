/**
 * Harvesting into folders, for Node.
 *
 * @module node
 */
export { folderFiles } from "./node/folderFiles.js";
export type { NodeRuntime, OpenRuntimeOptions } from "./runtime/node/nodeRuntime.js";
export { openRuntime, runtimes } from "./runtime/node/openRuntime.js";
