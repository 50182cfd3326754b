// Which interpreter is used: the setting, the Python extension's, the folder's.
const assert = require("node:assert");
const vscode = require("vscode");
const { hints, open, running, shapewise, statuses, suite, until } = require("./harness.cjs");

const { STUB_PYTHON, OTHER_PYTHON, WITHOUT_TORCH } = process.env;

exports.run = suite({
  async "the Python extension's environment runs the server and has the torch"() {
    const api = await shapewise();
    const { told, dispose } = statuses(api);
    assert.strictEqual((await running(api)).host.python, STUB_PYTHON);
    const document = await open("digits.py");
    assert((await hints(document)).includes("(64, 784)"));
    await until("torch", () => told.some((s) => s.kind === "ready" && s.python === STUB_PYTHON));
    dispose();
  },

  async "another environment is followed without a restart"() {
    const api = await shapewise();
    const before = await running(api);
    const { told, dispose } = statuses(api);
    vscode.extensions.getExtension("ms-python.python").exports.choose(OTHER_PYTHON);
    await until("the other torch", () => told.some((s) => s.python === OTHER_PYTHON && s.kind === "ready"));
    assert.strictEqual(api.server.state, before);
    dispose();
  },

  async "the setting stands above it, and a missing torch is told"() {
    const api = await shapewise();
    const { told, dispose } = statuses(api);
    const configuration = vscode.workspace.getConfiguration("shapewise");
    await configuration.update("python", WITHOUT_TORCH, vscode.ConfigurationTarget.Workspace);
    const status = await until("no torch", () => told.find((s) => s.kind === "no-torch"));
    assert.strictEqual(status.python, WITHOUT_TORCH);
    assert(status.message.includes(WITHOUT_TORCH));
    await configuration.update("python", undefined, vscode.ConfigurationTarget.Workspace);
    await until("torch again", () => told.at(-1).kind === "ready");
    assert.strictEqual(told.at(-1).python, OTHER_PYTHON);
    dispose();
  },
});
