/** The example program of the walkthrough. */

import * as vscode from "vscode";
import { setContext } from "./contexts";

/** The mistake it holds: the picture has 784 numbers, and not 748. */
export const EXAMPLE = `import torch
from torch import nn


class Digits(nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden = nn.Linear(748, 128)
        self.out = nn.Linear(128, 10)

    def forward(self, images):
        x = images.flatten(1)
        x = torch.relu(self.hidden(x))
        return self.out(x)


model = Digits()
images = torch.rand(64, 1, 28, 28)
scores = model(images)
digits = scores.argmax(dim=1)
`;

export class Example implements vscode.Disposable {
  private document: vscode.TextDocument | undefined;
  private failed = false;
  private readonly disposable: vscode.Disposable;

  constructor() {
    // Done once its problem was there and is gone.
    this.disposable = vscode.languages.onDidChangeDiagnostics(({ uris }) => {
      const document = this.document;
      if (!document || !uris.some((uri) => uri.toString() === document.uri.toString())) return;
      const problems = vscode.languages.getDiagnostics(document.uri);
      const ours = problems.some((problem) => problem.source === "shapewise");
      if (this.failed && !ours && !document.isClosed) setContext("exampleFixed", true);
      this.failed ||= ours;
    });
  }

  dispose(): void {
    this.disposable.dispose();
  }

  /** Opens the program as an untitled document: nothing is written anywhere. */
  async open(): Promise<void> {
    if (this.document === undefined || this.document.isClosed) {
      this.failed = false;
      this.document = await vscode.workspace.openTextDocument({
        language: "python",
        content: EXAMPLE,
      });
    }
    // The walkthrough stays to be read.
    const { all, activeTabGroup } = vscode.window.tabGroups;
    const other = all.find((group) => group !== activeTabGroup)?.viewColumn;
    await vscode.window.showTextDocument(this.document, other ?? vscode.ViewColumn.Beside);
  }
}
