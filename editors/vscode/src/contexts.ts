/** Context keys: which commands make sense now. */

import * as vscode from "vscode";

export type ContextKey =
  | "running"
  | "missing"
  | "canTrace"
  | "tracing"
  | "traced"
  | "torchReady"
  | "exampleFixed"
  | "flowShown"
  | "doneHidden";

export function setContext(key: ContextKey, value: boolean): void {
  void vscode.commands.executeCommand("setContext", `shapewise.${key}`, value);
}
