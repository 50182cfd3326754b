/** Traced runs: starting them, and what is told of them. */

import * as vscode from "vscode";
import { setContext } from "./contexts";
import type { TracedParams } from "./protocol";
import type { Server } from "./server";

const COMMAND = "shapewise.trace";

/** Milliseconds for which the status bar says how a run ended. */
const SHOWN = 8000;

export class Traces implements vscode.Disposable {
  /** The programs that run now, by URI. */
  private readonly running = new Set<string>();
  private traced = false;
  private readonly disposables: vscode.Disposable[] = [];

  /** The states that were told last, for tests. */
  last: TracedParams | undefined;

  constructor(private readonly server: Server) {
    this.disposables.push(
      server.onDidTrace((params) => this.note(params)),
      server.onDidChangeState((state) => {
        setContext("canTrace", state.kind === "running" && server.offers(COMMAND));
        if (state.kind !== "running") this.forget();
      }),
    );
  }

  dispose(): void {
    for (const disposable of this.disposables) disposable.dispose();
  }

  /** Runs the program of the active editor or notebook, and has it report. */
  async start(): Promise<void> {
    const notebook = vscode.window.activeNotebookEditor?.notebook;
    const document = vscode.window.activeTextEditor?.document;
    const uri = notebook?.getCells()[0]?.document.uri ?? document?.uri;
    if (uri !== undefined) await this.server.execute(COMMAND, { uri: uri.toString() });
  }

  /** Ends all runs. */
  async stop(): Promise<void> {
    await this.server.execute(`${COMMAND}.stop`, {});
  }

  /** Takes away what the runs have seen. */
  async clear(): Promise<void> {
    await this.server.execute(`${COMMAND}.clear`, {});
    this.forget();
  }

  private note(params: TracedParams): void {
    this.last = params;
    if (params.state === "running") {
      this.running.add(params.uri);
    } else {
      this.running.delete(params.uri);
      const icon = params.state === "finished" ? "$(check)" : "$(info)";
      vscode.window.setStatusBarMessage(`${icon} ${params.message}`, SHOWN);
    }
    this.traced ||= params.facts > 0;
    this.tell();
  }

  private forget(): void {
    this.running.clear();
    this.traced = false;
    this.tell();
  }

  private tell(): void {
    setContext("tracing", this.running.size > 0);
    setContext("traced", this.traced);
  }
}

/** What is on disk is what runs: saves a program before it is traced, like a debugger. */
export async function saveBefore(command: string, args: readonly unknown[]): Promise<void> {
  const [options] = args as [{ uri?: string } | undefined];
  if (command !== COMMAND || options?.uri === undefined) return;
  const uri = vscode.Uri.parse(options.uri).toString();
  const notebook = vscode.workspace.notebookDocuments.find(
    (book) =>
      book.uri.toString() === uri ||
      book.getCells().some((cell) => cell.document.uri.toString() === uri),
  );
  const document = vscode.workspace.textDocuments.find((text) => text.uri.toString() === uri);
  const owner = notebook ?? document;
  if (owner?.isDirty && !owner.isUntitled) await owner.save();
}
