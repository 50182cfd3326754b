/** The shape flow: a picture beside the editor that follows the cursor. */

import * as vscode from "vscode";
import { setContext } from "./contexts";
import { reveal, type Cursor, type Place } from "./cursor";
import type { FlowNode, ShapeFlow } from "./protocol";
import type { Server } from "./server";
import { options, page } from "./webviewHtml";

const METHOD = "shapewise/shapeFlow";
const VIEW = "shapewise.flow";

/** From the webview: a box was clicked. */
interface Clicked {
  readonly node: number;
}

export class FlowPanel implements vscode.Disposable {
  private panel: vscode.WebviewPanel | undefined;
  private shown: ShapeFlow | undefined;
  private asking: vscode.CancellationTokenSource | undefined;
  private readonly disposables: vscode.Disposable[] = [];

  constructor(
    private readonly extension: vscode.Uri,
    private readonly server: Server,
    private readonly cursor: Cursor,
  ) {
    this.disposables.push(cursor.onDidSettle((place) => void this.update(place)));
  }

  dispose(): void {
    this.panel?.dispose();
    for (const disposable of this.disposables) disposable.dispose();
  }

  /** Opens the picture beside the editor, or brings it to the front. */
  async show(): Promise<void> {
    if (this.panel === undefined) {
      const title = vscode.l10n.t("Shape Flow");
      const place = { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true };
      const panel = vscode.window.createWebviewPanel(VIEW, title, place, {
        ...options(this.extension),
        retainContextWhenHidden: false,
      });
      panel.iconPath = vscode.Uri.joinPath(this.extension, "media", "icon.png");
      panel.webview.onDidReceiveMessage((message: Clicked | "ready") => {
        if (message === "ready") this.paint();
        else void this.clicked(message.node);
      });
      panel.onDidChangeViewState(() => {
        if (panel.visible) void this.update(this.cursor.place);
      });
      panel.onDidDispose(() => {
        this.panel = undefined;
        this.shown = undefined;
        setContext("flowShown", false);
      });
      panel.webview.html = page(panel.webview, this.extension, "flow", `<main id="flow"></main>`);
      this.panel = panel;
      setContext("flowShown", true);
    } else {
      this.panel.reveal(undefined, true);
    }
    await this.update(this.cursor.place);
  }

  /** Saves the picture as a file. */
  async exportSvg(): Promise<void> {
    const flow = this.shown;
    if (flow === undefined || flow.nodes.length === 0) {
      await vscode.window.showInformationMessage(vscode.l10n.t("There is no shape flow to export."));
      return;
    }
    const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
    const name = `${/^[\w.]+$/.test(flow.title) ? flow.title : "shape-flow"}.svg`;
    const target = await vscode.window.showSaveDialog({
      ...(folder && { defaultUri: vscode.Uri.joinPath(folder, name) }),
      filters: { SVG: ["svg"] },
    });
    if (target !== undefined) {
      await vscode.workspace.fs.writeFile(target, new TextEncoder().encode(flow.svg + "\n"));
    }
  }

  private async update(place: Place | undefined): Promise<void> {
    if (!this.panel?.visible || place === undefined) return;
    this.asking?.cancel();
    const asking = (this.asking = new vscode.CancellationTokenSource());
    const params = { textDocument: { uri: place.uri.toString() }, position: place.position };
    const flow = await this.server.ask<ShapeFlow>(METHOD, params, asking.token);
    if (asking.token.isCancellationRequested || flow === undefined) return;
    this.shown = flow;
    this.paint(place);
  }

  private paint(place: Place | undefined = this.cursor.place): void {
    const flow = this.shown;
    if (this.panel === undefined || flow === undefined) return;
    this.panel.title = vscode.l10n.t("Shape Flow: {0}", flow.title);
    const current = place && nodeAt(flow.nodes, place);
    const empty = vscode.l10n.t("No tensors flow here. Put the cursor into a function that uses some.");
    const more = flow.truncated ? vscode.l10n.t("Too large to be drawn whole.") : "";
    const svg = flow.nodes.length > 0 ? flow.svg : "";
    void this.panel.webview.postMessage({ svg, current: current ?? -1, empty, more });
  }

  private async clicked(index: number): Promise<void> {
    const node = this.shown?.nodes[index];
    if (node !== undefined) await reveal(vscode.Uri.parse(node.uri), rangeOf(node));
  }
}

function rangeOf(node: FlowNode): vscode.Range {
  const { start, end } = node.range;
  return new vscode.Range(start.line, start.character, end.line, end.character);
}

/** The smallest box that the cursor stands in, else one on its line. */
function nodeAt(nodes: readonly FlowNode[], place: Place): number | undefined {
  let found: number | undefined;
  let smallest: vscode.Range | undefined;
  nodes.forEach((node, index) => {
    if (vscode.Uri.parse(node.uri).toString() !== place.uri.toString()) return;
    const range = rangeOf(node);
    if (!range.contains(place.position)) return;
    if (smallest === undefined || smallest.contains(range)) [found, smallest] = [index, range];
  });
  return found;
}
