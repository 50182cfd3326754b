/** Offering to install Shapewise, and doing it. */

import * as vscode from "vscode";
import { currentFolder, interpreterOf } from "./interpreter";
import type { Installation } from "./installation";
import type { Server } from "./server";

const DISMISSED = "installDismissed";

export class Installer implements vscode.Disposable {
  private readonly disposable: vscode.Disposable;
  private asking = false;

  constructor(
    private readonly context: vscode.ExtensionContext,
    private readonly installation: Installation,
    private readonly server: Server,
    private readonly log: vscode.LogOutputChannel,
  ) {
    this.disposable = server.onDidChangeState((state) => {
      if (state.kind === "missing" && !context.workspaceState.get(DISMISSED)) void this.offer();
    });
  }

  dispose(): void {
    this.disposable.dispose();
  }

  /** Asks where to install, installs there, and starts the server. */
  async offer(): Promise<void> {
    if (this.asking) return;
    this.asking = true;
    try {
      const learners = (await interpreterOf(currentFolder())).path;
      const here = vscode.l10n.t("Install into {0}", short(learners));
      const apart = vscode.l10n.t("Install apart");
      const never = vscode.l10n.t("Not in this workspace");
      const message = vscode.l10n.t(
        "Shapewise is not installed in {0}. Install it beside your PyTorch, or apart, in an environment of its own that leaves yours as it is?",
        learners,
      );
      const accepted = await this.installation.accepts(learners);
      const choices = [...(accepted ? [here] : []), apart, never];
      const choice = await vscode.window.showInformationMessage(message, ...choices);
      if (choice === never) await this.context.workspaceState.update(DISMISSED, true);
      else if (choice === here) await this.install(learners, false);
      else if (choice === apart) await this.install(learners, true);
    } finally {
      this.asking = false;
    }
  }

  /** Installs with progress, and starts the server. */
  async install(learners: string, apart: boolean): Promise<void> {
    const title = apart
      ? vscode.l10n.t("Installing Shapewise in an environment of its own")
      : vscode.l10n.t("Installing Shapewise into {0}", short(learners));
    const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
    try {
      await vscode.window.withProgress(options, (_progress, token) =>
        apart
          ? this.installation.installApart(learners, token)
          : this.installation.installInto(learners, token),
      );
    } catch (error) {
      if (error instanceof vscode.CancellationError) return;
      this.log.error(String(error));
      const show = vscode.l10n.t("Show Log");
      const reason = error instanceof Error ? error.message : String(error);
      const message = vscode.l10n.t("Shapewise could not be installed: {0}", reason);
      if ((await vscode.window.showErrorMessage(message, show)) === show) this.log.show();
      return;
    }
    await this.context.workspaceState.update(DISMISSED, undefined);
    await this.server.restart();
  }
}

/** The end of a path, enough to know it by. */
function short(file: string): string {
  const parts = file.split(/[\\/]/);
  return parts.length > 4 ? `…/${parts.slice(-3).join("/")}` : file;
}
