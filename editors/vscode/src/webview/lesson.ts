/** In the webview: the page of a lesson. */

import type { Asked, Neighbour, Told, Words } from "../lessonMessages";
import type { LessonPage, Progress, Question } from "../protocol";

declare function acquireVsCodeApi(): {
  postMessage(message: Asked): void;
  setState(state: { pack: string; lesson: string }): void;
};

type Shown = Told & { readonly kind: "lesson" };

const code = acquireVsCodeApi();
const root = document.getElementById("lesson") as HTMLElement;
let words: Words | undefined;

function paint(told: Shown): void {
  const { lesson } = told;
  words = told.words;
  code.setState({ pack: lesson.pack, lesson: lesson.id });
  const text = make("article", "text");
  text.innerHTML = lesson.html;
  addTries(text);
  root.replaceChildren(text);
  if (told.before.length > 0) text.querySelector("h1")?.after(before(told.before));
  if (lesson.exercise !== null) root.append(exercise(lesson, lesson.exercise));
  if (lesson.snippets.length > 0) root.append(examples(lesson));
  if (lesson.quiz.length > 0) root.append(questions(lesson));
  root.append(neighbours(told));
  paintProgress(lesson.progress, told.words);
  const section = told.section && document.getElementById(told.section);
  if (section) section.scrollIntoView();
  else window.scrollTo(0, 0);
}

/** What comes first: lessons that this one takes for granted. */
function before(lessons: readonly Neighbour[]): HTMLElement {
  const element = make("p", "before", `${words?.before ?? ""}: `);
  lessons.forEach((lesson, index) => {
    if (index > 0) element.append(", ");
    element.append(link(lesson, lesson.title));
  });
  return element;
}

/** The programs of a page are one, block after block: a block is tried with those above it. */
function addTries(text: HTMLElement): void {
  let program = "";
  for (const block of text.querySelectorAll<HTMLElement>("pre.code")) {
    program += (program === "" ? "" : "\n") + (block.textContent ?? "").trimEnd() + "\n";
    const content = program;
    const frame = make("div", "program");
    block.replaceWith(frame);
    frame.append(block, button(words?.tryIt ?? "", "try", () => send({ kind: "try", code: content })));
  }
}

function exercise(lesson: LessonPage, its: NonNullable<LessonPage["exercise"]>): HTMLElement {
  const section = make("section", "exercise");
  section.id = "exercise";
  const goal = make("p", "goal");
  goal.innerHTML = its.goal;
  const bar = make("div", "bar");
  bar.append(make("div", "filled"));
  const steps = make("ol", "steps");
  its.steps.forEach((step, index) => {
    const item = make("li", "step");
    const said = make("div", "said");
    said.innerHTML = step;
    const hints = make("ul", "hints");
    hints.setAttribute("aria-live", "polite");
    item.append(said, hints);
    const ask = () => send({ kind: "hint", step: index });
    item.append(button(words?.hint ?? "", "quiet hint", ask));
    steps.append(item);
  });
  const buttons = make("div", "buttons");
  buttons.append(
    button(words?.begin ?? "", "main begin", () => send({ kind: "exercise" })),
    button(words?.solution ?? "", "quiet solution", () => send({ kind: "solution" })),
  );
  const status = make("p", "status");
  const solved = make("div", "solved");
  section.append(make("h2", "", words?.exercise), goal, bar, status, steps, buttons, solved);
  section.dataset["steps"] = String(lesson.steps);
  return section;
}

function examples(lesson: LessonPage): HTMLElement {
  const section = make("section", "examples");
  const list = make("ul", "");
  for (const { prefix, title } of lesson.snippets) {
    const item = make("li", "");
    item.append(make("code", "", prefix), ` ${title}`);
    list.append(item);
  }
  section.append(make("h2", "", words?.examples), list, make("p", "note", words?.insert));
  return section;
}

function questions(lesson: LessonPage): HTMLElement {
  const section = make("section", "questions");
  section.id = "questions";
  section.append(make("h2", "", words?.questions));
  for (const question of lesson.quiz) section.append(ask(question));
  return section;
}

function ask(question: Question): HTMLElement {
  const element = make("div", "question");
  element.dataset["question"] = question.id;
  const said = make("p", "asked");
  said.innerHTML = question.question;
  element.append(said);
  if (question.kind === "choice") element.append(choices(question));
  else element.append(...shapeQuestion(question));
  const verdict = make("p", "verdict");
  verdict.setAttribute("aria-live", "polite");
  element.append(verdict);
  return element;
}

function choices(question: Question & { readonly kind: "choice" }): HTMLElement {
  const list = make("ul", "choices");
  question.choices.forEach((choice, index) => {
    const given = button("", "choice", () => {
      for (const other of list.querySelectorAll(".chosen")) other.classList.remove("chosen");
      given.classList.add("chosen");
      send({ kind: "answer", question: question.id, answer: index });
    });
    given.innerHTML = choice;
    const item = make("li", "");
    item.append(given);
    list.append(item);
  });
  return list;
}

function shapeQuestion(question: Question & { readonly kind: "shape" }): HTMLElement[] {
  const program = make("div", "program");
  program.innerHTML = question.code;
  const form = make("form", "shape") as HTMLFormElement;
  const input = make("input", "chosen") as HTMLInputElement;
  input.placeholder = words?.answerShape ?? "";
  input.setAttribute("aria-label", words?.answerShape ?? "");
  input.spellcheck = false;
  input.autocomplete = "off";
  const submit = make("button", "", words?.answer) as HTMLButtonElement;
  form.append(input, submit);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const answer = input.value.trim();
    if (answer) send({ kind: "answer", question: question.id, answer });
  });
  return [program, form];
}

function neighbours({ previous, next }: Shown): HTMLElement {
  const element = make("nav", "");
  if (previous) element.append(link(previous, `← ${previous.title}`));
  if (next) element.append(link(next, `${next.title} →`, "next"));
  return element;
}

function link({ pack, lesson, done }: Neighbour, title: string, kind = ""): HTMLElement {
  const element = make("a", `${kind} ${done ? "done" : ""}`, title) as HTMLAnchorElement;
  element.href = `lesson:${pack}/${lesson}`;
  return element;
}

/** What was done, without touching what is being done on the page. */
function paintProgress(progress: Progress, told: Words): void {
  const section = root.querySelector<HTMLElement>(".exercise");
  if (section) {
    const steps = Number(section.dataset["steps"]);
    const passed = progress.exercise?.passed !== undefined;
    const done = passed ? steps : Math.min(progress.exercise?.done ?? 0, steps - 1);
    const begun = progress.exercise !== undefined;
    section.classList.toggle("passed", passed);
    const filled = section.querySelector<HTMLElement>(".filled");
    if (filled) filled.style.width = `${(100 * done) / steps}%`;
    setText(section, ".status", passed ? `✓ ${told.solved}` : told.stepsDone);
    setText(section, ".begin", begun ? told.goOn : told.begin);
  }
  for (const element of root.querySelectorAll<HTMLElement>(".question")) {
    const answer = progress.quiz?.[element.dataset["question"] ?? ""];
    element.classList.toggle("answered", answer?.right !== undefined);
  }
}

function setText(section: HTMLElement, selector: string, text: string): void {
  const element = section.querySelector(selector);
  if (element) element.textContent = text;
}

function showHint({ step, html, last }: Told & { readonly kind: "hint" }): void {
  const item = root.querySelectorAll<HTMLElement>(".step")[step];
  const hints = item?.querySelector(".hints");
  if (!item || !hints) return;
  if (hints.lastElementChild?.innerHTML !== html) {
    const hint = make("li", "");
    hint.innerHTML = html;
    hints.append(hint);
  }
  setText(item, "button.hint", words?.nextHint ?? "");
  item.querySelector("button.hint")?.toggleAttribute("hidden", last);
}

function showVerdict({ question, right, html }: Told & { readonly kind: "verdict" }): void {
  const element = root.querySelector<HTMLElement>(`[data-question="${CSS.escape(question)}"]`);
  const verdict = element?.querySelector<HTMLElement>(".verdict");
  if (!element || !verdict) return;
  const chosen = element.querySelector(".chosen");
  for (const other of element.querySelectorAll(".right, .wrong")) {
    other.classList.remove("right", "wrong");
  }
  chosen?.classList.add(right ? "right" : "wrong");
  verdict.className = `verdict ${right ? "right" : "wrong"}`;
  verdict.innerHTML = html;
  verdict.prepend(make("strong", "", (right ? words?.right : words?.wrong) ?? ""), " ");
}

function make(tag: string, kind: string, text = ""): HTMLElement {
  const element = document.createElement(tag);
  if (kind.trim()) element.className = kind.trim();
  if (text) element.textContent = text;
  return element;
}

function button(text: string, kind: string, run: () => void): HTMLButtonElement {
  const element = make("button", kind, text) as HTMLButtonElement;
  element.type = "button";
  element.addEventListener("click", run);
  return element;
}

function send(asked: Asked): void {
  code.postMessage(asked);
}

// Links do not leave the page: the extension opens what they lead to.
root.addEventListener("click", (event) => {
  const anchor = (event.target as HTMLElement).closest("a");
  const href = anchor?.getAttribute("href");
  if (!href || href.startsWith("#")) return;
  event.preventDefault();
  event.stopPropagation();
  send({ kind: "link", href });
});
window.addEventListener("message", ({ data }: MessageEvent<Told>) => {
  if (data.kind === "lesson") paint(data);
  else if (data.kind === "progress") paintProgress(data.progress, data.words);
  else if (data.kind === "hint") showHint(data);
  else if (data.kind === "verdict") showVerdict(data);
  else if (data.kind === "missing") root.replaceChildren(make("p", "note", data.words.missing));
  else {
    const solved = root.querySelector<HTMLElement>(".solved");
    if (solved) solved.innerHTML = data.html;
    root.querySelector("button.solution")?.setAttribute("hidden", "");
  }
});
send({ kind: "ready" });
