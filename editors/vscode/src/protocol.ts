/** What the server sends beside the Language Server Protocol; see docs/protocol.md. */

import type { Range } from "vscode-languageclient/node";

/** The notification `shapewise/status`: what one interpreter's torch is doing. */
export interface StatusParams {
  readonly python: string;
  readonly kind: "starting" | "restarting" | "ready" | "no-torch" | "stopped";
  readonly detail: string;
  /** In the user's language. */
  readonly message: string;
  /** The accelerator that torch finds, null for the CPU alone. */
  readonly accelerator: string | null;
  readonly info: { readonly torch?: string };
}

/** The notification `shapewise/traced`: how a traced run goes on. */
export interface TracedParams {
  readonly uri: string;
  readonly state: "running" | "finished" | "failed" | "stopped" | "limited";
  /** How many places were seen. */
  readonly facts: number;
  readonly device: string | null;
  /** In the user's language. */
  readonly message: string;
}

/** The answer of `shapewise/shapeFlow`. */
export interface ShapeFlow {
  readonly title: string;
  /** A complete SVG document; boxes carry `data-node`, an index into `nodes`. */
  readonly svg: string;
  readonly nodes: readonly FlowNode[];
  readonly truncated: boolean;
}

export interface FlowNode {
  readonly label: string;
  readonly uri: string;
  readonly range: Range;
}
