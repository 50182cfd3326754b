/** The part of the Python extension's API that says which environment is chosen. */

import * as vscode from "vscode";

interface Environments {
  getActiveEnvironmentPath(resource?: vscode.Uri): { readonly path: string };
  resolveEnvironment(
    environment: { readonly path: string },
  ): Promise<{ readonly executable: { readonly uri?: vscode.Uri } } | undefined>;
  readonly onDidChangeActiveEnvironmentPath: vscode.Event<unknown>;
}

const ID = "ms-python.python";

async function environments(): Promise<Environments | undefined> {
  const extension = vscode.extensions.getExtension<{ environments?: Environments }>(ID);
  if (extension === undefined) return undefined;
  try {
    return (await extension.activate())?.environments;
  } catch {
    return undefined; // Its failure is its own to report.
  }
}

/** Whether the Python extension is there; it is optional, and not in every gallery. */
export function installed(): boolean {
  return vscode.extensions.getExtension(ID) !== undefined;
}

/** The interpreter that the Python extension has chosen for a folder. */
export async function chosen(folder: vscode.Uri | undefined): Promise<string | undefined> {
  const api = await environments();
  if (api === undefined) return undefined;
  const active = api.getActiveEnvironmentPath(folder);
  const environment = await api.resolveEnvironment(active);
  return environment?.executable.uri?.fsPath;
}

/** Calls back whenever another environment is chosen; nothing where there is no such extension. */
export async function onDidChoose(changed: () => void): Promise<vscode.Disposable | undefined> {
  return (await environments())?.onDidChangeActiveEnvironmentPath(changed);
}
