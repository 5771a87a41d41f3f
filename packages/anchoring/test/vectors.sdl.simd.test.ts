import { openSimd } from "@monosema/simd";
import { sdlVectorSuite } from "./vectors/vectorSuite.js";

sdlVectorSuite(() => openSimd({ threads: 2 }));
