/** The Tensor Inspector: a view of the tensors known where the cursor stands. */

import * as vscode from "vscode";
import { reveal, type Cursor, type Place } from "./cursor";
import { knownAt, type Known } from "./facts";
import type { Chosen, Update } from "./inspectorRows";
import type { Server } from "./server";
import { options, page } from "./webviewHtml";

const VIEW = "shapewise.inspector";
const BODY = `<header><input id="filter" type="search" spellcheck="false"></header>
<ul id="rows"></ul><p id="note"></p>`;

export class Inspector implements vscode.WebviewViewProvider, vscode.Disposable {
  private view: vscode.WebviewView | undefined;
  private known: readonly Known[] = [];
  private asking: vscode.CancellationTokenSource | undefined;
  private readonly disposables: vscode.Disposable[] = [];

  constructor(
    private readonly extension: vscode.Uri,
    private readonly server: Server,
    private readonly cursor: Cursor,
  ) {
    this.disposables.push(
      vscode.window.registerWebviewViewProvider(VIEW, this),
      cursor.onDidSettle((place) => void this.update(place)),
    );
  }

  dispose(): void {
    for (const disposable of this.disposables) disposable.dispose();
  }

  resolveWebviewView(view: vscode.WebviewView): void {
    this.view = view;
    view.webview.options = options(this.extension);
    view.webview.onDidReceiveMessage((message: Chosen | "ready") => {
      if (message === "ready") void this.update(this.cursor.place);
      else void this.chosen(message);
    });
    view.onDidChangeVisibility(() => void this.update(this.cursor.place));
    view.onDidDispose(() => (this.view = undefined));
    view.webview.html = page(view.webview, this.extension, "inspector", BODY);
  }

  /** Brings the view to the front. */
  async show(): Promise<void> {
    await vscode.commands.executeCommand(`${VIEW}.focus`);
  }

  /** Asks anew, for instance after a traced run. */
  async refresh(): Promise<void> {
    await this.update(this.cursor.place);
  }

  private async update(place: Place | undefined): Promise<void> {
    if (!this.view?.visible) return;
    this.asking?.cancel();
    const asking = (this.asking = new vscode.CancellationTokenSource());
    const known = place ? await knownAt(this.server, place, asking.token) : [];
    if (asking.token.isCancellationRequested) return;
    this.known = known;
    const update: Update = { rows: known.map(({ row }) => row), words: words() };
    await this.view?.webview.postMessage(update);
  }

  private async chosen({ row, origin }: Chosen): Promise<void> {
    const known = this.known[row];
    const target = (origin ? known?.origin : undefined) ?? known?.target;
    if (target !== undefined) await reveal(target.uri, target.range);
  }
}

function words(): Update["words"] {
  const { t } = vscode.l10n;
  return {
    filter: t("Filter tensors"),
    empty: t("No tensors are known here. Put the cursor into a program that uses PyTorch."),
    nothingMatches: t("No tensor matches the filter."),
    from: t("from"),
    traced: t("traced"),
    differs: t("the run saw"),
    visits: t("how often the run came here"),
    stale: t("before the last edit"),
    mean: t("mean"),
    line: t("line"),
  };
}
