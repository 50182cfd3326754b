/** What the page of a lesson and the extension tell each other. */

import type { LessonPage, Progress } from "./protocol";

/** Another lesson, as a link to it needs it. */
export interface Neighbour {
  readonly pack: string;
  readonly lesson: string;
  readonly title: string;
  readonly done: boolean;
}

export interface Words {
  readonly before: string;
  readonly exercise: string;
  readonly begin: string;
  readonly goOn: string;
  readonly hint: string;
  readonly nextHint: string;
  readonly solution: string;
  readonly questions: string;
  readonly answer: string;
  readonly answerShape: string;
  readonly right: string;
  readonly wrong: string;
  readonly tryIt: string;
  readonly examples: string;
  readonly insert: string;
  readonly stepsDone: string;
  readonly solved: string;
  readonly missing: string;
}

/** To the page. */
export type Told =
  | {
      readonly kind: "lesson";
      readonly lesson: LessonPage;
      readonly before: readonly Neighbour[];
      readonly previous: Neighbour | undefined;
      readonly next: Neighbour | undefined;
      readonly words: Words;
      readonly section: Section | undefined;
    }
  | { readonly kind: "missing"; readonly words: Words }
  | { readonly kind: "progress"; readonly progress: Progress; readonly words: Words }
  | { readonly kind: "hint"; readonly step: number; readonly html: string; readonly last: boolean }
  | { readonly kind: "solution"; readonly html: string }
  | {
      readonly kind: "verdict";
      readonly question: string;
      readonly right: boolean;
      readonly html: string;
    };

/** A part of the page to begin with. */
export type Section = "questions";

/** From the page. */
export type Asked =
  | { readonly kind: "ready" }
  | { readonly kind: "open"; readonly pack: string; readonly lesson: string }
  | { readonly kind: "link"; readonly href: string }
  | { readonly kind: "exercise" }
  | { readonly kind: "hint"; readonly step: number }
  | { readonly kind: "solution" }
  | { readonly kind: "answer"; readonly question: string; readonly answer: number | string }
  | { readonly kind: "try"; readonly code: string };
