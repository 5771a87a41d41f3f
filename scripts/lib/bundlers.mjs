/** npm packages of the bundlers that are tried. */
export const bundlerPackages = [
  "esbuild@0.28.2",
  "rollup@4.68.8",
  "@rollup/plugin-node-resolve@16.0.3",
  "webpack@5.113.0",
  "webpack-cli@7.3.1",
  "parcel@2.16.4",
  "vite@8.3.8",
];

/** The programs that are bundled: files `NAME.js`. The first prints a number from 0 to 1. */
export const programs = {
  random: 'import { random } from "@monosema/tensor";\n\nconsole.log(random(0).uniform());\n',
  fit: 'import { fit } from "@monosema/sdl";\n\nconsole.log(fit);\n',
  openSimd: 'import { openSimd } from "@monosema/simd";\n\nconsole.log(openSimd);\n',
};

/** Settings of the bundlers that have files for them; the name of the program stands in the environment. */
export const settings = {
  "rollup.config.mjs": `import resolve from "@rollup/plugin-node-resolve";

const { NAME } = process.env;
export default {
  input: \`\${NAME}.js\`,
  output: { file: \`rollup/\${NAME}/\${NAME}.js\`, format: "es", inlineDynamicImports: true },
  plugins: [resolve({ browser: true })],
  onwarn(warning) {
    if (warning.code === "UNRESOLVED_IMPORT") throw new Error(warning.message);
  },
};
`,
  "webpack.config.mjs": `const { NAME } = process.env;
export default {
  mode: "production",
  entry: \`./\${NAME}.js\`,
  output: { path: new URL(\`webpack/\${NAME}\`, import.meta.url).pathname, filename: \`\${NAME}.js\` },
  performance: false,
};
`,
  "vite.config.mjs": `const { NAME } = process.env;
export default {
  logLevel: "warn",
  build: { outDir: \`vite/\${NAME}\`, lib: { entry: \`\${NAME}.js\`, formats: ["es"], fileName: NAME } },
};
`,
};

/** Arguments with which each bundler writes `BUNDLER/NAME/NAME.js` for a page. */
export const bundlers = {
  esbuild: (name) => [`${name}.js`, "--bundle", "--format=esm", `--outfile=esbuild/${name}/${name}.js`],
  rollup: () => ["--config", "rollup.config.mjs"],
  webpack: () => ["--config", "webpack.config.mjs"],
  vite: () => ["build"],
  parcel: (name) => ["build", `${name}.js`, "--dist-dir", `parcel/${name}`, "--no-source-maps", "--no-cache"],
};

/** What Parcel needs in package.json to follow the exports of packages (Parcel's documentation, "Package exports"). */
export const parcelExports = { "@parcel/resolver-default": { packageExports: true } };
