/** The page around a webview's script: nothing is loaded but the extension's own files. */

import { randomBytes } from "node:crypto";
import * as vscode from "vscode";

/**
 * Args:
 *   name: of the script and the style, `dist/<name>.js` and `media/<name>.css`.
 *   body: HTML of ours, without any text from the user's files.
 */
export function page(
  webview: vscode.Webview,
  extension: vscode.Uri,
  name: string,
  body: string,
): string {
  const script = webview.asWebviewUri(vscode.Uri.joinPath(extension, "dist", `${name}.js`));
  const style = webview.asWebviewUri(vscode.Uri.joinPath(extension, "media", `${name}.css`));
  const nonce = randomBytes(16).toString("hex");
  const policy = [
    "default-src 'none'",
    `style-src ${webview.cspSource}`,
    `img-src ${webview.cspSource}`,
    `script-src 'nonce-${nonce}'`,
  ].join("; ");
  return `<!DOCTYPE html>
<html lang="${vscode.env.language}">
<head>
<meta charset="UTF-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="${String(style)}">
</head>
<body>
${body}
<script nonce="${nonce}" src="${String(script)}"></script>
</body>
</html>`;
}

/** What a webview may load from. */
export function options(extension: vscode.Uri): vscode.WebviewOptions {
  return {
    enableScripts: true,
    localResourceRoots: [
      vscode.Uri.joinPath(extension, "dist"),
      vscode.Uri.joinPath(extension, "media"),
    ],
  };
}
