/** What one line of the Tensor Inspector holds; shared by the extension and its webview. */

export interface Signature {
  /** As code: `(32, 784)`. */
  readonly shape: string;
  readonly dtype: string;
  readonly device: string;
  readonly grad: boolean;
}

export interface Statistics {
  readonly min: number | null;
  readonly max: number | null;
  readonly mean: number | null;
  readonly nan: number;
  readonly inf: number;
}

export interface Row {
  readonly name: string;
  readonly line: number;
  /** Where it came from, as code; empty where that is not known. */
  readonly origin: string;
  /** What the analysis says; null for what only a run has seen. */
  readonly known: Signature | null;
  /** What the last run saw; null without one. */
  readonly traced: Signature | null;
  readonly visits: number;
  /** The text was changed since the run. */
  readonly stale: boolean;
  readonly statistics: Statistics | null;
  /** The cursor stands on it, or on its line. */
  readonly current: boolean;
}

/** To the webview: the rows and the words around them. */
export interface Update {
  readonly rows: readonly Row[];
  readonly words: {
    readonly filter: string;
    readonly empty: string;
    readonly nothingMatches: string;
    readonly from: string;
    readonly traced: string;
    readonly differs: string;
    readonly visits: string;
    readonly stale: string;
    readonly mean: string;
    readonly line: string;
  };
}

/** From the webview: a row was clicked, or what it came from. */
export interface Chosen {
  readonly row: number;
  readonly origin: boolean;
}
