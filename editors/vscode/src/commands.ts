/** The commands of the palette that are not a view's own. */

import * as vscode from "vscode";
import type { Installer } from "./install";
import { currentFolder } from "./interpreter";
import type { Name } from "./lessonPanel";
import { plain, stateOf } from "./lessonProgress";
import type { Lessons } from "./lessons";
import * as pythonExtension from "./pythonExtension";
import type { Server } from "./server";

interface Choice extends vscode.QuickPickItem {
  readonly run: () => unknown;
}

/** What the status bar opens: what can be done in the state that it shows. */
export async function statusMenu(server: Server): Promise<void> {
  const command = (id: string) => () => vscode.commands.executeCommand(`shapewise.${id}`);
  const { l10n } = vscode;
  const choices: Choice[] = [];
  if (server.state.kind === "missing") {
    choices.push({ label: `$(cloud-download) ${l10n.t("Install Shapewise")}`, run: command("install") });
  }
  choices.push(
    { label: `$(symbol-misc) ${l10n.t("Choose the Python interpreter")}`, run: command("chooseInterpreter") },
    { label: `$(eye) ${l10n.t("Show or hide shapes in the text")}`, run: command("toggleHints") },
    { label: `$(debug-restart) ${l10n.t("Restart the server")}`, run: command("restart") },
    { label: `$(output) ${l10n.t("Show the log")}`, run: command("showLog") },
    { label: `$(book) ${l10n.t("Show the lessons")}`, run: command("showLessons") },
    { label: `$(mortar-board) ${l10n.t("Your first tensor")}`, run: command("openWalkthrough") },
  );
  const choice = await vscode.window.showQuickPick(choices, { title: "Shapewise" });
  await choice?.run();
}

/** Lets the Python extension choose where it is there, else a file for our own setting. */
export async function chooseInterpreter(): Promise<void> {
  if (pythonExtension.installed()) {
    await vscode.commands.executeCommand("python.setInterpreter");
    return;
  }
  const chosen = await vscode.window.showOpenDialog({
    title: vscode.l10n.t("The Python interpreter that has your PyTorch"),
    openLabel: vscode.l10n.t("Use it"),
  });
  const file = chosen?.[0]?.fsPath;
  if (file === undefined) return;
  const target = vscode.workspace.workspaceFolders
    ? vscode.ConfigurationTarget.Workspace
    : vscode.ConfigurationTarget.Global;
  await vscode.workspace.getConfiguration("shapewise", currentFolder()).update("python", file, target);
}

/** Shows or hides the shapes in the text. */
export async function toggleHints(): Promise<void> {
  const configuration = vscode.workspace.getConfiguration("shapewise.inlayHints");
  const shown = configuration.get<boolean>("enabled", true);
  await configuration.update("enabled", !shown, vscode.ConfigurationTarget.Global);
  const editors = vscode.workspace.getConfiguration("editor.inlayHints").get<string>("enabled");
  if (!shown && editors === "off") {
    const message = vscode.l10n.t("All inlay hints are off in the setting editor.inlayHints.enabled.");
    await vscode.window.showInformationMessage(message);
  }
}

/** How much an inlay hint says. */
export async function chooseHintStyle(): Promise<void> {
  const styles = [
    { label: "(32, 784)", style: "shape" },
    { label: "(32, 784) float32", style: "shape+dtype" },
    { label: "(32, 784) float32 cpu", style: "full" },
  ];
  const configuration = vscode.workspace.getConfiguration("shapewise.inlayHints");
  const current = configuration.get<string>("style");
  const items = styles.map((s) => (s.style === current ? { ...s, description: "✓" } : s));
  const title = vscode.l10n.t("What a hint says");
  const chosen = await vscode.window.showQuickPick(items, { title });
  if (chosen) await configuration.update("style", chosen.style, vscode.ConfigurationTarget.Global);
}

/** Installs, or says that there is nothing to install. */
export async function install(server: Server, installer: Installer): Promise<void> {
  if (server.state.kind === "running") {
    const { version, python } = server.state.host;
    const again = vscode.l10n.t("Install again");
    const message = vscode.l10n.t("Shapewise {0} is installed in {1}.", version, python);
    if ((await vscode.window.showInformationMessage(message, again)) !== again) return;
  }
  await installer.offer();
}

/** Lets the learner find a lesson by its title, a concept or the code of a problem. */
export async function findLesson(lessons: Lessons): Promise<Name | undefined> {
  const items = lessons.packs().then((packs) =>
    packs.flatMap((pack) =>
      pack.lessons.map((its) => ({
        label: `${stateOf(its) === "done" ? "$(pass-filled)" : "$(book)"} ${plain(its.title)}`,
        description: its.codes.join(" "),
        detail: pack.concepts
          .filter((concept) => concept.lessons.includes(its.id))
          .map((concept) => concept.title)
          .join(" · "),
        name: { pack: its.pack, lesson: its.id },
      })),
    ),
  );
  const chosen = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t("Find a lesson"),
    placeHolder: vscode.l10n.t("A word of the title, a concept, or a code such as SW101"),
    matchOnDescription: true,
    matchOnDetail: true,
  });
  return chosen?.name;
}

/** Every lesson is done, or there is none. */
export async function nothingToLearn(server: Server): Promise<void> {
  const message = server.running
    ? vscode.l10n.t("All lessons are done.")
    : vscode.l10n.t("The server does not run yet.");
  await vscode.window.showInformationMessage(message);
}
