import { referenceBackend } from "@monosema/tensor";
import { trainSuite } from "./support/trainSuite.js";

trainSuite(async () => referenceBackend());
