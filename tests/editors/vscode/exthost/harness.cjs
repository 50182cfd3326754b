// Inside the extension host: runs named tests in order, and helps them wait.
const vscode = require("vscode");

const SECONDS = 30;

/** Waits until something holds; its value. */
async function until(what, holds, seconds = SECONDS) {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const value = await holds();
    if (value) return value;
    if (Date.now() > end) throw new Error(`waited ${seconds} s for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Our extension, awake. */
async function shapewise() {
  const extension = vscode.extensions.getExtension("shapewise.shapewise");
  return extension.activate();
}

async function running(api) {
  return until("the server", () => (api.server.state.kind === "running" ? api.server.state : null));
}

/** Listens for the states of torch from now on. */
function statuses(api) {
  const told = [];
  const subscription = api.server.onDidTellStatus((status) => told.push(status));
  return { told, dispose: () => subscription.dispose() };
}

async function open(name) {
  const uri = vscode.Uri.joinPath(vscode.workspace.workspaceFolders[0].uri, name);
  const document = await vscode.workspace.openTextDocument(uri);
  await vscode.window.showTextDocument(document);
  return document;
}

/** The texts of the inlay hints of a document, once there are some. */
async function hints(document) {
  const whole = new vscode.Range(0, 0, document.lineCount, 0);
  const ask = () =>
    vscode.commands.executeCommand("vscode.executeInlayHintProvider", document.uri, whole);
  const found = await until("inlay hints", async () => {
    const answer = await ask();
    return answer?.length ? answer : null;
  });
  return found.map((hint) => (typeof hint.label === "string" ? hint.label : hint.label[0].value));
}

/** What a module exports as `run`: all tests, one line each. */
function suite(tests) {
  return async () => {
    const failed = [];
    for (const [name, test] of Object.entries(tests)) {
      try {
        await test();
        console.log(`ok ${name}`);
      } catch (error) {
        failed.push(name);
        console.log(`FAIL ${name}\n    ${error.stack.replaceAll("\n", "\n    ")}`);
      }
    }
    if (failed.length > 0) throw new Error(`failed: ${failed.join(", ")}`);
  };
}

module.exports = { until, shapewise, running, statuses, open, hints, suite };
