// Suites inside the extension host: interpreters, life and death of the server, installing.
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { runSuite } from "./lib/exthost.mjs";
import { PYTHON, workspace } from "./lib/places.mjs";

/** A virtual environment beside a workspace, that sees the packages of others. */
function environment(folder, name, packages = []) {
  const root = path.join(folder, name);
  execFileSync(PYTHON, ["-m", "venv", "--without-pip", root]);
  const python = path.join(root, "bin", "python");
  const site = execFileSync(python, ["-c", "import site; print(site.getsitepackages()[0])"], {
    encoding: "utf8",
  }).trim();
  if (packages.length > 0) fs.writeFileSync(path.join(site, "others.pth"), packages.join("\n"));
  return python;
}

/** The folders in which an interpreter finds packages. */
function packagesOf(python) {
  const script = "import json, sys; print(json.dumps([p for p in sys.path if 'site-packages' in p]))";
  return JSON.parse(execFileSync(python, ["-c", script], { encoding: "utf8" }));
}

test("interpreter", async () => {
  const folder = workspace("digits.py");
  const outside = workspace();
  const env = {
    STUB_PYTHON: PYTHON,
    OTHER_PYTHON: environment(outside, "other", packagesOf(PYTHON)),
    WITHOUT_TORCH: environment(outside, "bare"),
  };
  await runSuite("interpreter", { folder, env, extensions: ["stub-ms-python"] });
});

test("lifecycle", async () => {
  const folder = workspace("digits.py");
  // An editable Shapewise is found by what its own `.pth` runs, so a path alone is too little.
  const seen = packagesOf(PYTHON).map((p) => `import site; site.addsitedir(${JSON.stringify(p)})`);
  environment(folder, ".venv", seen);
  await runSuite("lifecycle", { folder });
});

test("install", async () => {
  const folder = workspace("digits.py");
  // Torch, but no Shapewise: only torch's folder is seen, by a link.
  const outside = workspace();
  const [site] = packagesOf(PYTHON).filter((p) => fs.existsSync(path.join(p, "torch")));
  const links = path.join(outside, "packages");
  fs.mkdirSync(links);
  for (const name of fs.readdirSync(site)) {
    if (!/shapewise/i.test(name)) fs.symlinkSync(path.join(site, name), path.join(links, name));
  }
  const python = environment(outside, "learners", [links]);
  await runSuite("install", { folder, env: { LEARNERS_PYTHON: python }, machine: { "shapewise.python": python } });
});
