/** The settings as the server is to know them: only what the user has set. */

import * as vscode from "vscode";
import { interpreterOf } from "./interpreter";

const SECTION = "shapewise";

/** Settings that only the extension reads. */
const OWN = /^shapewise\.server\./;

/** The keys of the section that the extension contributes, without `shapewise.`. */
function keys(context: vscode.ExtensionContext): string[] {
  const contributed: unknown = context.extension.packageJSON.contributes.configuration.properties;
  return Object.keys(contributed as object)
    .filter((key) => !OWN.test(key))
    .map((key) => key.slice(SECTION.length + 1));
}

/**
 * The section for a scope, with the interpreter found for it.
 *
 * Defaults are left out: a value in the project's `pyproject.toml` stands above
 * the default, and below what the user has set.
 */
export async function sectionFor(
  context: vscode.ExtensionContext,
  scope: vscode.Uri | undefined,
): Promise<Record<string, unknown>> {
  const folder = scope && vscode.workspace.getWorkspaceFolder(scope);
  const configuration = vscode.workspace.getConfiguration(SECTION, scope ?? null);
  const section: Record<string, unknown> = {};
  for (const key of keys(context)) {
    const found = configuration.inspect(key);
    const set =
      found?.workspaceFolderValue ??
      found?.workspaceValue ??
      found?.globalValue ??
      found?.workspaceFolderLanguageValue ??
      found?.workspaceLanguageValue ??
      found?.globalLanguageValue;
    // `get` and not the value found: it heeds what a restricted workspace may not set.
    if (set !== undefined) section[key] = configuration.get(key);
  }
  const interpreter = await interpreterOf(folder);
  // The rest the server finds as well, after what the project's `pyproject.toml` says.
  if (interpreter.source === "setting" || interpreter.source === "pythonExtension") {
    section["python"] = interpreter.path;
  }
  return section;
}
