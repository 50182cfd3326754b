/** The status bar: which torch and which device were found, or what is missing. */

import * as vscode from "vscode";
import type { StatusParams } from "./protocol";
import type { Server, ServerState } from "./server";

export class StatusBar implements vscode.Disposable {
  private readonly item: vscode.StatusBarItem;
  private readonly disposables: vscode.Disposable[] = [];
  private torch: StatusParams | undefined;

  constructor(private readonly server: Server) {
    this.item = vscode.window.createStatusBarItem(
      "status",
      vscode.StatusBarAlignment.Right,
      90,
    );
    this.item.name = "Shapewise";
    this.item.command = "shapewise.statusMenu";
    this.disposables.push(
      this.item,
      server.onDidChangeState((state) => {
        if (state.kind !== "running") this.torch = undefined;
        this.update();
      }),
      server.onDidTellStatus((params) => {
        this.torch = params;
        this.update();
      }),
      vscode.window.onDidChangeActiveTextEditor(() => this.update()),
      vscode.window.onDidChangeActiveNotebookEditor(() => this.update()),
    );
    this.update();
  }

  dispose(): void {
    for (const disposable of this.disposables) disposable.dispose();
  }

  private update(): void {
    const { text, detail, warning } = this.words(this.server.state);
    this.item.text = text;
    this.item.accessibilityInformation = { label: `Shapewise: ${detail}` };
    this.item.backgroundColor = warning
      ? new vscode.ThemeColor("statusBarItem.warningBackground")
      : undefined;
    this.item.tooltip = this.tooltip(detail);
    const python = vscode.window.activeTextEditor?.document.languageId === "python";
    if (warning || python || vscode.window.activeNotebookEditor !== undefined) this.item.show();
    else this.item.hide();
  }

  private tooltip(detail: string): vscode.MarkdownString {
    const tooltip = new vscode.MarkdownString(`**Shapewise**\n\n`);
    tooltip.appendText(detail);
    const state = this.server.state;
    if (state.kind === "running") {
      tooltip.appendMarkdown("\n\n");
      tooltip.appendText(vscode.l10n.t("Server {0} in {1}", state.host.version, state.host.python));
    }
    if (!vscode.workspace.isTrusted) {
      tooltip.appendMarkdown("\n\n");
      tooltip.appendText(
        vscode.l10n.t("This workspace is restricted: programs are read, but not run."),
      );
    }
    return tooltip;
  }

  private words(state: ServerState): { text: string; detail: string; warning: boolean } {
    switch (state.kind) {
      case "off":
        return { text: "$(circle-slash) Shapewise", detail: vscode.l10n.t("Off"), warning: false };
      case "starting":
        return {
          text: "$(loading~spin) Shapewise",
          detail: vscode.l10n.t("Starting"),
          warning: false,
        };
      case "missing":
        return {
          text: `$(cloud-download) ${vscode.l10n.t("Install Shapewise")}`,
          detail: vscode.l10n.t("Shapewise is not installed in {0}.", state.python),
          warning: true,
        };
      case "failed":
        return { text: "$(error) Shapewise", detail: state.reason, warning: true };
      case "running":
        return this.torchWords();
    }
  }

  private torchWords(): { text: string; detail: string; warning: boolean } {
    const torch = this.torch;
    if (torch === undefined || torch.kind === "starting" || torch.kind === "restarting") {
      const detail = torch?.message ?? vscode.l10n.t("Starting");
      return { text: "$(loading~spin) torch", detail, warning: false };
    }
    if (torch.kind === "ready") {
      const version = (torch.info.torch ?? "").split("+")[0];
      const device = torch.accelerator ?? "cpu";
      return { text: `torch ${version} · ${device}`, detail: torch.message, warning: false };
    }
    const text =
      torch.kind === "no-torch"
        ? `$(warning) ${vscode.l10n.t("no torch")}`
        : `$(warning) ${vscode.l10n.t("torch has stopped")}`;
    return { text, detail: torch.message, warning: true };
  }
}
