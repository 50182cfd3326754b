// Shapewise is missing: it is offered, and installed from the wheel inside the extension.
const assert = require("node:assert");
const { hints, open, running, shapewise, statuses, suite, until } = require("./harness.cjs");

exports.run = suite({
  async "it is told that it is missing"() {
    const api = await shapewise();
    await until("missing", () => api.server.state.kind === "missing");
    assert.strictEqual(api.server.state.python, process.env.LEARNERS_PYTHON);
  },

  async "it is installed apart, and the learner's torch is asked"() {
    const api = await shapewise();
    const { told, dispose } = statuses(api);
    await api.installer.install(process.env.LEARNERS_PYTHON, true);
    const { host } = await running(api);
    assert.strictEqual(host.python, api.installation.ownPython);
    assert.strictEqual(host.version, await api.installation.bundledVersion());
    assert((await hints(await open("digits.py"))).includes("(64, 784)"));
    await until("torch", () => told.some((s) => s.kind === "ready"));
    assert.strictEqual(told.at(-1).python, process.env.LEARNERS_PYTHON);
    dispose();
  },
});
