import { tfjsCpu } from "@monosema/tensor/tfjs-cpu";
import { stateful, trainSuite } from "./support/trainSuite.js";

trainSuite(() => tfjsCpu.open({}), stateful);
