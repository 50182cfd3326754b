// The server crashes, is started again, and is stopped with all that it started.
const assert = require("node:assert");
const { execFileSync } = require("node:child_process");
const vscode = require("vscode");
const { hints, open, running, shapewise, suite, until } = require("./harness.cjs");

/** The server's process: the child of this extension host that serves. */
function serverPid() {
  const table = execFileSync("ps", ["-eo", "pid=,ppid=,args="], { encoding: "utf8" });
  const rows = table.split("\n").map((row) => row.trim().split(/\s+/));
  const row = rows.find(
    ([, parent, ...args]) => Number(parent) === process.pid && args.includes("shapewise.server"),
  );
  return row && Number(row[0]);
}

function alive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

exports.run = suite({
  async "a folder's own environment is found"() {
    const api = await shapewise();
    const { host } = await running(api);
    assert(host.python.endsWith("/.venv/bin/python"), host.python);
  },

  async "a server that crashes is started again and knows the documents"() {
    const api = await shapewise();
    const document = await open("digits.py");
    await hints(document);
    const first = serverPid();
    assert(first);
    process.kill(first, "SIGKILL");
    await until("its end", () => api.server.state.kind !== "running" || api.server.state.restarts > 0);
    const state = await running(api);
    assert.strictEqual(state.restarts, 1);
    const second = serverPid();
    assert(second && second !== first);
    assert((await hints(document)).includes("(64, 784)"));
  },

  async "the restart command makes a new server"() {
    const api = await shapewise();
    const before = serverPid();
    await vscode.commands.executeCommand("shapewise.restart");
    const state = await running(api);
    assert.strictEqual(state.restarts, 0);
    const after = serverPid();
    assert(after && after !== before);
    assert(!alive(before));
    assert((await hints(await open("digits.py"))).includes("(64, 784)"));
  },

  async "unsaved documents are analysed"() {
    const content = "import torch\nx = torch.rand(2, 3)\n";
    const document = await vscode.workspace.openTextDocument({ language: "python", content });
    await vscode.window.showTextDocument(document);
    assert.deepStrictEqual(await hints(document), ["(2, 3)"]);
  },

  async "every setting that the extension has is one of the server's"() {
    const api = await shapewise();
    await running(api);
    const configuration = vscode.workspace.getConfiguration("shapewise");
    const document = await open("digits.py");
    await configuration.update("inlayHints.style", "shape+dtype", vscode.ConfigurationTarget.Workspace);
    await until("the style", async () => (await hints(document)).includes("(64, 784) float32"));
    await configuration.update("inlayHints.style", undefined, vscode.ConfigurationTarget.Workspace);
    await until("the style", async () => (await hints(document)).includes("(64, 784)"));
  },
});
