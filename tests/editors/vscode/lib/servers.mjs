// Starts code-server, or the bare VS Code server inside it, and stops them.
import { spawn, execFileSync } from "node:child_process";
import fs from "node:fs";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import { CODE_SERVER, EXTENSION, FIXTURES, NODE, PYTHON, RESULTS, VSIX } from "./places.mjs";

/** Settings under which nothing but the extension moves. */
const QUIET = {
  "security.workspace.trust.enabled": false,
  "workbench.startupEditor": "none",
  "telemetry.telemetryLevel": "off",
  "workbench.secondarySideBar.defaultVisibility": "hidden",
  "workbench.welcomePage.walkthroughs.openOnInstall": false,
  "chat.disableAIFeatures": true,
  "extensions.autoCheckUpdates": false,
  "extensions.autoUpdate": false,
  "extensions.ignoreRecommendations": true,
  "update.mode": "none",
  "editor.inlayHints.enabled": "on",
  "workbench.tips.enabled": false,
};

async function freePort() {
  return new Promise((resolve, reject) => {
    const server = net.createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
    server.on("error", reject);
  });
}

async function up(url, child) {
  for (let i = 0; i < 300; i++) {
    if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode}`);
    try {
      await fetch(url);
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
  throw new Error(`no answer from ${url}`);
}

function profileWith(settings) {
  const profile = fs.mkdtempSync(path.join(os.tmpdir(), "shapewise-vscode-"));
  fs.mkdirSync(path.join(profile, "user", "User"), { recursive: true });
  fs.mkdirSync(path.join(profile, "ext"), { recursive: true });
  fs.writeFileSync(
    path.join(profile, "user", "User", "settings.json"),
    JSON.stringify({ ...QUIET, ...settings }, null, 2),
  );
  // What belongs to the machine is read from here, for the server is a remote one.
  const machine = Object.entries({ ...QUIET, ...settings }).filter(([key]) =>
    /^shapewise\..*python$|\.openOnInstall$/.test(key),
  );
  fs.mkdirSync(path.join(profile, "user", "Machine"), { recursive: true });
  fs.writeFileSync(
    path.join(profile, "user", "Machine", "settings.json"),
    JSON.stringify(Object.fromEntries(machine)),
  );
  return profile;
}

function start(args, env, profile, name) {
  fs.mkdirSync(RESULTS, { recursive: true });
  const log = fs.openSync(path.join(RESULTS, `${name}.log`), "w");
  // A group of its own, so that everything it starts ends with it.
  const child = spawn(NODE, args, { env, detached: true, stdio: ["ignore", log, log] });
  const stop = async () => {
    if (child.exitCode === null) {
      const ended = new Promise((resolve) => child.once("exit", resolve));
      process.kill(-child.pid, "SIGTERM");
      const timer = setTimeout(() => process.kill(-child.pid, "SIGKILL"), 5000);
      await ended;
      clearTimeout(timer);
    }
    fs.closeSync(log);
    fs.rmSync(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  };
  return { child, stop };
}

/** Has VS Code run in a language; its own texts stay English: real packs are in no registry. */
function pretendLanguagePack(profile, locale) {
  const texts = path.join(profile, "user", "texts.json");
  fs.writeFileSync(texts, JSON.stringify({ version: "1.0.0", contents: {} }));
  const pack = {
    hash: "none",
    label: locale,
    extensions: [{ extensionIdentifier: { id: "tests.language-pack" }, version: "1.0.0" }],
    translations: { vscode: texts },
  };
  const file = path.join(profile, "user", "languagepacks.json");
  fs.writeFileSync(file, JSON.stringify({ [locale]: pack }));
}

/** A fixture that is an extension, as a package. */
function packaged(fixture) {
  const target = path.join(RESULTS, `${fixture}.vsix`);
  fs.mkdirSync(RESULTS, { recursive: true });
  const vsce = path.join(EXTENSION, "node_modules", "@vscode", "vsce", "vsce");
  const args = [vsce, "package", "--no-dependencies", "--allow-missing-repository"];
  args.push("--skip-license", "-o", target);
  execFileSync(NODE, args, { cwd: path.join(FIXTURES, fixture), env: environment({}), stdio: "pipe" });
  return target;
}

function environment(extra) {
  const env = { ...process.env, PATH: `${path.dirname(NODE)}:${process.env.PATH}`, ...extra };
  delete env.VIRTUAL_ENV;
  return env;
}

/**
 * code-server with the packaged extension and a folder.
 *
 * python: the interpreter of the setting; null to set none. locale: `pt-br` for the
 * Portuguese of the extension (VS Code's own texts stay English).
 */
export async function codeServer({
  folder,
  settings = {},
  python = PYTHON,
  locale,
  env = {},
  trust = false,
  port,
  name = "code-server",
}) {
  const profile = profileWith({ ...(python && { "shapewise.python": python }), ...settings });
  const main = path.join(CODE_SERVER, "out", "node", "entry.js");
  const dirs = ["--user-data-dir", `${profile}/user`, "--extensions-dir", `${profile}/ext`];
  dirs.push("--config", `${profile}/config.yaml`);
  fs.writeFileSync(`${profile}/config.yaml`, "auth: none\n");
  const own = environment({ XDG_CONFIG_HOME: `${profile}/xdg`, XDG_DATA_HOME: `${profile}/data`, ...env });
  const install = [main, ...dirs, "--install-extension", VSIX, "--force"];
  execFileSync(NODE, install, { env: own, stdio: "pipe" });
  if (locale) pretendLanguagePack(profile, locale);
  port ??= await freePort();
  const args = [main, ...dirs, "--bind-addr", `127.0.0.1:${port}`, "--auth", "none"];
  args.push("--disable-telemetry", "--disable-update-check", "--disable-getting-started-override");
  if (!trust) args.push("--disable-workspace-trust");
  if (locale) args.push("--locale", locale);
  const { child, stop } = start([...args, folder], own, profile, name);
  const url = `http://127.0.0.1:${port}/`;
  await up(`${url}healthz`, child);
  return { url, profile, stop };
}

/** The bare VS Code server with its test driver, for tests inside the extension host. */
export async function vscodeServer({ settings = {}, env = {}, extensions = [], name }) {
  const profile = profileWith(settings);
  const main = path.join(CODE_SERVER, "lib", "vscode", "out", "server-main.js");
  const port = await freePort();
  const args = [main, "--user-data-dir", `${profile}/user`, "--extensions-dir", `${profile}/ext`];
  args.push("--server-data-dir", `${profile}/server`, "--accept-server-license-terms");
  for (const vsix of extensions.map(packaged)) {
    const install = [...args, "--install-extension", vsix, "--force"];
    execFileSync(NODE, install, { env: environment(env), stdio: "pipe" });
  }
  args.push("--host", "127.0.0.1", "--port", String(port), "--without-connection-token");
  args.push("--enable-smoke-test-driver", "--telemetry-level", "off", "--disable-workspace-trust");
  const { child, stop } = start(args, environment(env), profile, name);
  const url = `http://127.0.0.1:${port}/`;
  await up(`${url}version`, child);
  return { url, profile, stop };
}
