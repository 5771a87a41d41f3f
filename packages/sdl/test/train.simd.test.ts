import { openSimd } from "@monosema/simd";
import { stateful, trainSuite } from "./support/trainSuite.js";

trainSuite(() => openSimd({ threads: 2 }), stateful);
