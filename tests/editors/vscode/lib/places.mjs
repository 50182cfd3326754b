// Where things are.
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";

export const TESTS = path.resolve(import.meta.dirname, "..");
export const ROOT = path.resolve(TESTS, "../../..");
export const EXTENSION = path.join(ROOT, "editors", "vscode");
export const VSIX = path.join(EXTENSION, "shapewise.vsix");
export const FIXTURES = path.join(TESTS, "fixtures");
export const EDITORS =
  process.env.SHAPEWISE_EDITORS ?? path.join(ROOT, ".venv", "editors", "vscode");
export const NODE = path.join(EDITORS, "node24", "node_modules", "node", "bin", "node");
export const CODE_SERVER = path.join(EDITORS, "codeserver", "node_modules", "code-server");
export const RESULTS = process.env.SHAPEWISE_RESULTS ?? path.join(os.tmpdir(), "shapewise-editor-tests");

/** An interpreter with Shapewise and torch. */
export const PYTHON =
  process.env.SHAPEWISE_PYTHON ?? path.join(ROOT, ".venv", "bin", "python");

/** Debian's Chromium, or whatever is there. */
export function chromium() {
  for (const name of ["chromium", "chromium-browser", "google-chrome"]) {
    try {
      return execFileSync("which", [name], { encoding: "utf8" }).trim();
    } catch {}
  }
  throw new Error("no Chromium: run tests/editors/vscode/install.sh");
}

/** A folder of its own for one test, with copies of fixtures. */
export function workspace(...fixtures) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "shapewise-ws-"));
  for (const name of fixtures) fs.copyFileSync(path.join(FIXTURES, name), path.join(folder, name));
  return folder;
}
