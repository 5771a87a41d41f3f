import { train } from "./train.js";

addEventListener("message", ({ data }) => {
  // A rejected promise alone would not reach the page.
  const report = (error) =>
    setTimeout(() => {
      throw error;
    });
  train(data).then(postMessage, report);
});
