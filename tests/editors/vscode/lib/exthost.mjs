// Runs a suite inside a real extension host, as @vscode/test-electron would.
import path from "node:path";
import { vscodeServer } from "./servers.mjs";
import { EXTENSION, TESTS } from "./places.mjs";
import { Workbench } from "./workbench.mjs";

const SECONDS = 180;

/**
 * Runs `exthost/<suite>.cjs` and returns what it printed; throws where a test failed.
 *
 * folder: the workspace. env: of the extension host. extensions: fixtures to install.
 */
export async function runSuite(suite, { folder, env = {}, extensions = [], machine = {} }) {
  const server = await vscodeServer({ env, extensions, settings: machine, name: `exthost-${suite}` });
  const lines = [];
  let workbench;
  try {
    const host = new URL(server.url).host;
    const uri = (file) => `vscode-remote://${host}${file}`;
    const payload = [
      ["extensionDevelopmentPath", uri(EXTENSION)],
      ["extensionTestsPath", uri(path.join(TESTS, "exthost", `${suite}.cjs`))],
      ["skipWelcome", "true"],
    ];
    let done;
    const exit = new Promise((resolve) => (done = resolve));
    const query = `?folder=${encodeURIComponent(folder)}&payload=${encodeURIComponent(JSON.stringify(payload))}`;
    workbench = await Workbench.open(server.url, {
      query,
      prepare: async (page) => {
        await page.exposeFunction("codeAutomationLog", (_type, args) => lines.push(args.join(" ")));
        await page.exposeFunction("codeAutomationExit", (code) => done(code));
      },
    });
    const timer = setTimeout(() => done("timeout"), SECONDS * 1000);
    const code = await exit;
    clearTimeout(timer);
    const report = lines.filter((line) => /^(ok|FAIL) /.test(line)).join("\n");
    if (code !== 0) {
      await workbench.shot(`exthost-${suite}-FAIL`);
      throw new Error(`${suite}: exit ${code}\n${report || lines.slice(-20).join("\n")}`);
    }
    return report;
  } finally {
    await workbench?.close();
    await server.stop();
  }
}
