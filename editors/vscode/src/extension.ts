/** Shapewise in VS Code: what is made when the extension starts, and how the parts hang together. */

import * as vscode from "vscode";
import * as commands from "./commands";
import { setContext } from "./contexts";
import { Cursor } from "./cursor";
import { Example } from "./example";
import { FlowPanel } from "./flow";
import { Inspector } from "./inspector";
import { Installation } from "./installation";
import { Installer } from "./install";
import * as pythonExtension from "./pythonExtension";
import { Server } from "./server";
import { StatusBar } from "./statusBar";
import { Traces } from "./trace";

/** What the extension offers to its tests. */
export interface Api {
  readonly server: Server;
  readonly installation: Installation;
  readonly installer: Installer;
  readonly traces: Traces;
}

let server: Server | undefined;

export async function activate(context: vscode.ExtensionContext): Promise<Api> {
  const log = vscode.window.createOutputChannel("Shapewise", { log: true });
  const installation = new Installation(context, log);
  const running = (server = new Server(context, installation, log));
  const installer = new Installer(context, installation, running, log);
  const cursor = new Cursor(running);
  const flow = new FlowPanel(context.extensionUri, running, cursor);
  const inspector = new Inspector(context.extensionUri, running, cursor);
  const example = new Example();
  const traces = new Traces(running);
  context.subscriptions.push(
    log,
    running,
    installer,
    cursor,
    flow,
    inspector,
    example,
    traces,
    running.onDidTrace(() => void inspector.refresh()),
    new StatusBar(running),
    running.onDidChangeState((state) => {
      setContext("running", state.kind === "running");
      setContext("missing", state.kind === "missing");
      if (state.kind !== "running") setContext("torchReady", false);
    }),
    running.onDidTellStatus((status) => {
      setContext("torchReady", status.kind === "ready");
    }),
    vscode.workspace.onDidGrantWorkspaceTrust(() => void running.restart()),
    vscode.workspace.onDidChangeConfiguration((event) => {
      const missing = running.state.kind === "missing";
      if (event.affectsConfiguration("shapewise.server")) void running.restart();
      else if (event.affectsConfiguration("shapewise.python") && missing) void running.restart();
    }),
  );
  const register = (id: string, run: (...args: never[]) => unknown) =>
    context.subscriptions.push(vscode.commands.registerCommand(`shapewise.${id}`, run));
  register("restart", () => running.restart());
  register("showLog", () => log.show());
  register("statusMenu", () => commands.statusMenu(running));
  register("chooseInterpreter", () => commands.chooseInterpreter());
  register("toggleHints", () => commands.toggleHints());
  register("chooseHintStyle", () => commands.chooseHintStyle());
  register("install", () => commands.install(running, installer));
  register("showInspector", () => inspector.show());
  register("showFlow", () => flow.show());
  register("exportFlow", () => flow.exportSvg());
  register("traceProgram", () => traces.start());
  register("stopTrace", () => traces.stop());
  register("clearTrace", async () => {
    await traces.clear();
    await inspector.refresh();
  });
  register("openExample", () => example.open());
  register("openWalkthrough", () =>
    vscode.commands.executeCommand("workbench.action.openWalkthrough", WALKTHROUGH),
  );
  void running.start();
  const chosen = await pythonExtension.onDidChoose(() => {
    // Another environment may have what was missing.
    if (running.state.kind === "missing") void running.restart();
    else void running.reconfigure();
  });
  if (chosen !== undefined) context.subscriptions.push(chosen);
  return { server: running, installation, installer, traces };
}

const WALKTHROUGH = "shapewise.shapewise#firstTensor";

export function deactivate(): Promise<void> | undefined {
  return server?.stop();
}
