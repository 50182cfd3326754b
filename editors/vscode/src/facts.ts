/** The tensors known at a place: what the server answers, as rows of the inspector. */

import * as vscode from "vscode";
import type { Range } from "vscode-languageclient/node";
import type { Place } from "./cursor";
import type { Row, Signature, Statistics } from "./inspectorRows";
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

interface Fact {
  /** Null where only a traced run knows of the tensor. */
  readonly shape: string | null;
  readonly dtype: string | null;
  readonly device: string | null;
  readonly requiresGrad: boolean | null;
}

interface Located {
  readonly uri: string;
  readonly range: Range;
}

interface Traced extends Fact {
  readonly visits: number;
  readonly stale: boolean;
  readonly statistics: Statistics | null;
}

/** One of the answer of `shapewise/tensors`. */
interface Tensor extends Fact, Located {
  readonly name: string;
  readonly current: boolean;
  readonly origin: (Located & { readonly source: string }) | null;
  /** What the last traced run saw; null or absent without one. */
  readonly traced?: Traced | null;
}

export async function knownAt(
  server: Server,
  place: Place,
  token: vscode.CancellationToken,
): Promise<Known[]> {
  const params = { textDocument: { uri: place.uri.toString() }, position: place.position };
  const answer = await server.ask<{ tensors: readonly Tensor[] }>("shapewise/tensors", params, token);
  return (answer?.tensors ?? []).map(knownOf);
}

function knownOf(tensor: Tensor): Known {
  const { traced, origin } = tensor;
  const row: Row = {
    name: tensor.name,
    line: tensor.range.start.line + 1,
    origin: origin?.source ?? "",
    known: tensor.shape === null ? null : signatureOf(tensor),
    traced: traced ? signatureOf(traced) : null,
    visits: traced?.visits ?? 0,
    stale: traced?.stale ?? false,
    statistics: traced?.statistics ?? null,
    current: tensor.current,
  };
  return { row, target: targetOf(tensor), origin: origin ? targetOf(origin) : undefined };
}

function signatureOf(fact: Fact): Signature {
  const { shape, dtype, device, requiresGrad } = fact;
  return { shape: shape ?? "?", dtype: dtype ?? "", device: device ?? "", grad: requiresGrad ?? false };
}

function targetOf({ uri, range: { start, end } }: Located): Target {
  const range = new vscode.Range(start.line, start.character, end.line, end.character);
  return { uri: vscode.Uri.parse(uri), range };
}
