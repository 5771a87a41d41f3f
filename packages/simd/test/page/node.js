import { train } from "./train.js";

console.log(JSON.stringify(await train(JSON.parse(process.argv[2]))));
