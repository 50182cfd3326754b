/** Follows the cursor through Python documents, for the views that show what is around it. */

import * as vscode from "vscode";
import type { Server } from "./server";

const PAUSE = 80;
/** Milliseconds without a move before the cursor counts as standing somewhere. */

export interface Place {
  readonly uri: vscode.Uri;
  readonly position: vscode.Position;
}

export class Cursor implements vscode.Disposable {
  private readonly moved = new vscode.EventEmitter<Place>();
  private readonly disposables: vscode.Disposable[] = [];
  private timer: NodeJS.Timeout | undefined;
  private last: Place | undefined;

  /** The cursor moved, or something new is known where it stands. */
  readonly onDidSettle = this.moved.event;

  constructor(server: Server) {
    this.disposables.push(
      this.moved,
      vscode.window.onDidChangeActiveTextEditor(() => this.note()),
      vscode.window.onDidChangeTextEditorSelection(() => this.note()),
      server.onDidAnalyse((uri) => {
        if (this.place?.uri.path === uri.path) this.note();
      }),
      server.onDidChangeState(() => this.note()),
      server.onDidTellStatus(() => this.note()),
    );
    this.note();
  }

  /** Where the cursor is; while a webview has the focus, where it was last. */
  get place(): Place | undefined {
    const editor = vscode.window.activeTextEditor;
    if (editor?.document.languageId === "python") {
      this.last = { uri: editor.document.uri, position: editor.selection.active };
    }
    return this.last;
  }

  dispose(): void {
    clearTimeout(this.timer);
    for (const disposable of this.disposables) disposable.dispose();
  }

  private note(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      if (this.place !== undefined) this.moved.fire(this.place);
    }, PAUSE);
  }
}

/** Shows a range in the editor that has the document, or a new one in the first column. */
export async function reveal(uri: vscode.Uri, range: vscode.Range): Promise<void> {
  const cell = vscode.workspace.notebookDocuments
    .flatMap((notebook) => notebook.getCells())
    .find((c) => c.document.uri.toString() === uri.toString());
  if (cell !== undefined) {
    const selections = [new vscode.NotebookRange(cell.index, cell.index + 1)];
    await vscode.window.showNotebookDocument(cell.notebook, { selections });
    return;
  }
  const visible = vscode.window.visibleTextEditors.find(
    (editor) => editor.document.uri.toString() === uri.toString(),
  );
  const column = visible?.viewColumn ?? vscode.ViewColumn.One;
  await vscode.window.showTextDocument(uri, { selection: range, viewColumn: column });
}
