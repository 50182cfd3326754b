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

/** The answer of `shapewise/lessons`. */
export interface LessonList {
  readonly packs: readonly Pack[];
}

export interface Pack {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly concepts: readonly Concept[];
  readonly lessons: readonly Lesson[];
}

export interface Concept {
  readonly id: string;
  readonly title: string;
  /** Ids, in the order of the pack. */
  readonly lessons: readonly string[];
}

export interface Lesson {
  readonly pack: string;
  readonly id: string;
  /** Markdown: it can have `code`. */
  readonly title: string;
  readonly requires: readonly string[];
  readonly codes: readonly string[];
  readonly steps: number;
  readonly questions: number;
  readonly progress: Progress;
}

/** What was done with a lesson; times are ISO 8601. */
export interface Progress {
  readonly opened?: string;
  readonly exercise?: {
    readonly done?: number;
    readonly of?: number;
    readonly passed?: string;
    readonly hints?: Readonly<Record<string, number>>;
  };
  readonly quiz?: Readonly<Record<string, { readonly tries: number; readonly right?: string }>>;
}

/** The answer of `shapewise/lesson` with `format: "html"`. */
export interface LessonPage extends Lesson {
  readonly html: string;
  readonly exercise: { readonly goal: string; readonly steps: readonly string[] } | null;
  readonly quiz: readonly Question[];
  readonly snippets: readonly { readonly title: string; readonly prefix: string }[];
}

export type Question = { readonly id: string; readonly question: string } & (
  | { readonly kind: "choice"; readonly choices: readonly string[] }
  | { readonly kind: "shape"; readonly code: string }
);

/** The answer of `shapewise/lessonHint`. */
export interface Hint {
  readonly step: number;
  /** Of those of the step, counted from 0. */
  readonly number: number;
  readonly of: number;
  readonly hint: string;
}

/** The answer of `shapewise/lessonAnswer`. */
export interface Verdict {
  readonly right: boolean;
  readonly explanation: string;
}
