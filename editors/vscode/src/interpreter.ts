/**
 * Which interpreter is the learner's: the setting, the Python extension's, an
 * environment in the folder, then `python3`.
 */

import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import * as vscode from "vscode";
import * as pythonExtension from "./pythonExtension";

export interface Interpreter {
  readonly path: string;
  readonly source: "setting" | "pythonExtension" | "folder" | "default";
}

/** The interpreter for a workspace folder, or for files outside of all folders. */
export async function interpreterOf(
  folder: vscode.WorkspaceFolder | undefined,
): Promise<Interpreter> {
  const set = vscode.workspace.getConfiguration("shapewise", folder).get<string | null>("python");
  if (set) return { path: expanded(set, folder), source: "setting" };
  const chosen = await pythonExtension.chosen(folder?.uri);
  // In a restricted workspace nothing that lies in it is run, whoever has chosen it.
  if (chosen && (vscode.workspace.isTrusted || !inWorkspace(chosen))) {
    return { path: chosen, source: "pythonExtension" };
  }
  const environment = vscode.workspace.isTrusted ? environmentIn(folder) : undefined;
  if (environment !== undefined) return { path: environment, source: "folder" };
  return { path: process.platform === "win32" ? "python" : "python3", source: "default" };
}

/** The folder whose interpreter the user sees: that of the active editor, else the first. */
export function currentFolder(): vscode.WorkspaceFolder | undefined {
  const uri =
    vscode.window.activeNotebookEditor?.notebook.uri ??
    vscode.window.activeTextEditor?.document.uri;
  const folders = vscode.workspace.workspaceFolders;
  return (uri && vscode.workspace.getWorkspaceFolder(uri)) ?? folders?.[0];
}

function expanded(python: string, folder: vscode.WorkspaceFolder | undefined): string {
  const home = python.replace(/^~(?=$|[\\/])/, os.homedir());
  const whole = home.replaceAll("${workspaceFolder}", folder?.uri.fsPath ?? "");
  const relative = !path.isAbsolute(whole) && /[\\/]/.test(whole);
  return relative && folder ? path.join(folder.uri.fsPath, whole) : whole;
}

/** Where the server looks, too: `.venv` or `venv` in the folder. */
function environmentIn(folder: vscode.WorkspaceFolder | undefined): string | undefined {
  if (folder?.uri.scheme !== "file") return undefined;
  const inside = process.platform === "win32" ? ["Scripts", "python.exe"] : ["bin", "python"];
  return [".venv", "venv"]
    .map((name) => path.join(folder.uri.fsPath, name, ...inside))
    .find((python) => fs.existsSync(python));
}

function inWorkspace(file: string): boolean {
  return vscode.workspace.getWorkspaceFolder(vscode.Uri.file(file)) !== undefined;
}
