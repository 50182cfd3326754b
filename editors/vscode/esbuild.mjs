// Bundles the extension, and the scripts of its webviews, into dist/.
import { build, context } from "esbuild";

const common = { bundle: true, minify: true, sourcemap: true, logLevel: "warning" };
const targets = [
  {
    ...common,
    entryPoints: ["src/extension.ts"],
    outfile: "dist/extension.js",
    external: ["vscode"],
    format: "cjs",
    platform: "node",
    target: "node20",
  },
  {
    ...common,
    entryPoints: ["inspector", "flow", "lesson"].map((name) => `src/webview/${name}.ts`),
    outdir: "dist",
    format: "iife",
    platform: "browser",
    target: "es2022",
  },
];
if (process.argv.includes("--watch")) {
  for (const target of targets) await (await context(target)).watch();
} else {
  await Promise.all(targets.map((target) => build(target)));
}
