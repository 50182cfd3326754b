/** The tensors known at a place: what the server answers, as rows of the inspector. */

import * as vscode from "vscode";
import type { Range } from "vscode-languageclient/node";
import type { Place } from "./cursor";
import type { Row } from "./inspectorRows";
import type { Server } from "./server";

export interface Target {
  readonly uri: vscode.Uri;
  readonly range: vscode.Range;
}

/** A row, and where a click on it and on its origin leads. */
export interface Known {
  readonly row: Row;
  readonly target: Target;
  readonly origin: Target | undefined;
}

interface Answer {
  readonly tensors: readonly unknown[];
}

export async function knownAt(
  server: Server,
  place: Place,
  token: vscode.CancellationToken,
): Promise<Known[]> {
  const params = { textDocument: { uri: place.uri.toString() }, position: place.position };
  const answer = await server.ask<Answer>("shapewise/facts", params, token);
  void answer;
  return [];
}

export function rangeOf({ start, end }: Range): vscode.Range {
  return new vscode.Range(start.line, start.character, end.line, end.character);
}
