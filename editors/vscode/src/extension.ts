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
import { LessonPanel, type Name } from "./lessonPanel";
import { nextOf } from "./lessonProgress";
import { Lessons } from "./lessons";
import { LessonsTree, type Node } from "./lessonsTree";
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
  const lessons = new Lessons(running);
  const lessonsTree = new LessonsTree(lessons, context.workspaceState);
  const lesson = new LessonPanel(context.extensionUri, running, lessons);
  running.own.set("shapewise.lesson.open", (name) => lesson.show(name as Name));
  running.own.set("shapewise.lesson.quiz", (name) => lesson.show(name as Name, "questions"));
  running.columnFor = () => lesson.beside;
  context.subscriptions.push(
    log,
    running,
    installer,
    cursor,
    flow,
    inspector,
    example,
    traces,
    lessons,
    lessonsTree,
    lesson,
    lesson.onDidOpen(({ pack, lesson: id }) => void lessonsTree.reveal(pack, id)),
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
  register("showLessons", () => lessonsTree.show());
  register("refreshLessons", () => lessons.refresh());
  register("hideDoneLessons", () => lessonsTree.hide(true));
  register("showDoneLessons", () => lessonsTree.hide(false));
  register("openLesson", (name: Name) => lesson.show(name));
  register("openQuestions", (name: Name) => lesson.show(name, "questions"));
  register("beginExercise", (of: Name | Node) => lesson.beginExercise(nameOf(of)));
  register("findLesson", async () => {
    const name = await commands.findLesson(lessons);
    if (name !== undefined) await lesson.show(name);
  });
  register("continueLearning", async () => {
    const next = nextOf(await lessons.packs());
    if (next !== undefined) await lesson.show({ pack: next.pack, lesson: next.id });
    else await commands.nothingToLearn(running);
  });
  register("openExample", () => example.open());
  register("openWalkthrough", () =>
    vscode.commands.executeCommand("workbench.action.openWalkthrough", WALKTHROUGH),
  );
  void running.start();
  void welcome(context.globalState);
  const chosen = await pythonExtension.onDidChoose(() => {
    // Another environment may have what was missing.
    if (running.state.kind === "missing") void running.restart();
    else void running.reconfigure();
  });
  if (chosen !== undefined) context.subscriptions.push(chosen);
  return { server: running, installation, installer, traces };
}

/** On the first start the walkthrough opens, beside what the user has opened. */
async function welcome(memory: vscode.Memento): Promise<void> {
  if (memory.get(WELCOMED, false)) return;
  await memory.update(WELCOMED, true);
  const walkthroughs = vscode.workspace.getConfiguration("workbench.welcomePage.walkthroughs");
  if (!walkthroughs.get<boolean>("openOnInstall", true)) return;
  const beside = await somethingIsOpen();
  await vscode.commands.executeCommand("workbench.action.openWalkthrough", WALKTHROUGH, beside);
}

/** Whether there is an editor; the file that woke the extension may be about to get one. */
async function somethingIsOpen(): Promise<boolean> {
  const isOpen = () => vscode.window.tabGroups.activeTabGroup.activeTab !== undefined;
  if (!isOpen()) {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(finish, SOON);
      const listener = vscode.window.tabGroups.onDidChangeTabs(() => isOpen() && finish());
      function finish(): void {
        clearTimeout(timer);
        listener.dispose();
        resolve();
      }
    });
  }
  return isOpen();
}

const SOON = 1500;

const WELCOMED = "welcomed";

/** A lesson, named by itself or by its line in the view. */
function nameOf(of: Name | Node): Name {
  if (!("kind" in of)) return of;
  return "lesson" in of ? { pack: of.lesson.pack, lesson: of.lesson.id } : { pack: "", lesson: "" };
}

const WALKTHROUGH = "shapewise.shapewise#firstTensor";

export function deactivate(): Promise<void> | undefined {
  return server?.stop();
}
