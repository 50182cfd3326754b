/** How far a learner is: what was done, worked out from what the server keeps. */

import type { Lesson, Pack } from "./protocol";

export type State = "open" | "begun" | "done";

/** How many of the steps of a lesson's exercise are done. */
export function stepsDone({ steps, progress }: Lesson): number {
  const exercise = progress.exercise;
  if (exercise?.passed !== undefined) return steps;
  // A step more than there are can be left from an older version of the pack.
  return Math.min(Math.max(exercise?.done ?? 0, 0), Math.max(steps - 1, 0));
}

/** How many of a lesson's questions were answered right. */
export function answered({ questions, progress }: Lesson): number {
  const right = Object.values(progress.quiz ?? {}).filter((answer) => answer.right !== undefined);
  return Math.min(right.length, questions);
}

/** A lesson is done with its exercise and its questions; without any, when it was read. */
export function stateOf(lesson: Lesson): State {
  const all = lesson.steps + lesson.questions;
  const done = stepsDone(lesson) + answered(lesson);
  const touched = Object.keys(lesson.progress).length > 0;
  if (touched && done >= all) return "done";
  return touched ? "begun" : "open";
}

/** The lesson to go on with: one that was begun, else the first whose requirements are done. */
export function nextOf(packs: readonly Pack[]): Lesson | undefined {
  const lessons = packs.flatMap((pack) => pack.lessons);
  const done = new Set(
    lessons.filter((its) => stateOf(its) === "done").map((its) => `${its.pack}/${its.id}`),
  );
  const ready = (its: Lesson) => its.requires.every((id) => done.has(`${its.pack}/${id}`));
  const open = lessons.filter((its) => stateOf(its) !== "done");
  return open.find((its) => stateOf(its) === "begun") ?? open.find(ready) ?? open[0];
}

/** A title without the marks of Markdown. */
export function plain(title: string): string {
  return title.replace(/[`*]/g, "");
}
