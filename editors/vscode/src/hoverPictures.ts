/** Pictures in hovers, in the colours of the theme. */

import * as vscode from "vscode";

const PICTURE = /(\(data:image\/svg\+xml;base64,)([\w+/=]+)(?=\))/g;
const QUERY = /@media \(prefers-color-scheme: dark\)/g;

/**
 * A picture in a link asks the window whether it is dark, and that answers for the system:
 * here VS Code's theme answers.
 */
export function inTheme(hover: vscode.Hover | null | undefined): vscode.Hover | null | undefined {
  const { Dark, HighContrast } = vscode.ColorThemeKind;
  const { kind } = vscode.window.activeColorTheme;
  const media = kind === Dark || kind === HighContrast ? "@media all" : "@media not all";
  for (const content of hover?.contents ?? []) {
    if (!(content instanceof vscode.MarkdownString)) continue;
    content.value = content.value.replace(PICTURE, (_, before: string, data: string) => {
      const svg = Buffer.from(data, "base64").toString("utf8").replace(QUERY, media);
      return before + Buffer.from(svg, "utf8").toString("base64");
    });
  }
  return hover;
}
