import { workerLoop } from "./loop.js";

addEventListener("message", ({ data }) => {
  workerLoop(data, () => postMessage("ready"));
  postMessage("ended");
  close();
});
