import { referenceBackend } from "@monosema/tensor";
import { sdlVectorSuite } from "./vectors/vectorSuite.js";

sdlVectorSuite(async () => referenceBackend());
