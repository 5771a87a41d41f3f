import { absorptionTable } from "./absorption.js";
import { anchorsTable } from "./anchorsTable.js";
import { minima } from "./minima.js";
import type { Table } from "./table.js";
import { table1 } from "./table1.js";
import { table2 } from "./table2.js";
import { table4 } from "./table4.js";
import { table5 } from "./table5.js";
import { table6 } from "./table6.js";
import { table7 } from "./table7.js";

/** All tables, in the order of the paper and then ours. */
export const tables: readonly Table[] = [
  table1,
  table2,
  table4,
  table5,
  table6,
  table7,
  minima,
  absorptionTable,
  anchorsTable,
];
