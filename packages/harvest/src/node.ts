/**
 * Harvesting into folders, for Node.
 *
 * @module node
 */
export { folderFiles } from "./node/folderFiles.js";
