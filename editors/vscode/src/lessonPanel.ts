/** A lesson as a page: its text and pictures, its exercise, its questions. */

import * as vscode from "vscode";
import type { Asked, Neighbour, Section, Told, Words } from "./lessonMessages";
import { plain, stateOf, stepsDone } from "./lessonProgress";
import { place, type Lessons } from "./lessons";
import type { Hint, Lesson, LessonPage, Verdict } from "./protocol";
import type { Server } from "./server";
import { options, page } from "./webviewHtml";

const VIEW = "shapewise.lesson";
const BODY = `<main id="lesson"></main>`;

/** Which lesson. */
export interface Name {
  readonly pack: string;
  readonly lesson: string;
}

export class LessonPanel implements vscode.Disposable, vscode.WebviewPanelSerializer<Name> {
  private panel: vscode.WebviewPanel | undefined;
  private name: Name | undefined;
  private section: Section | undefined;
  private readonly opened = new vscode.EventEmitter<Name>();
  private readonly disposables: vscode.Disposable[] = [this.opened];

  readonly onDidOpen = this.opened.event;

  constructor(
    private readonly extension: vscode.Uri,
    private readonly server: Server,
    private readonly lessons: Lessons,
  ) {
    this.disposables.push(
      vscode.window.registerWebviewPanelSerializer(VIEW, this),
      lessons.onDidChange(() => void this.tellProgress()),
      server.onDidChangeState(({ kind }) => {
        // A page that was restored before the server ran.
        if (kind === "running" && this.panel?.visible) void this.update();
      }),
    );
  }

  dispose(): void {
    this.panel?.dispose();
    for (const disposable of this.disposables) disposable.dispose();
  }

  /** Opens a lesson beside the program, or in the page that is open. */
  async show(name: Name, section?: Section): Promise<void> {
    this.name = name;
    this.section = section;
    if (this.panel === undefined) {
      const { Active, Beside } = vscode.ViewColumn;
      const column = vscode.window.activeTextEditor === undefined ? Active : Beside;
      this.adopt(vscode.window.createWebviewPanel(VIEW, "Shapewise", column, options(this.extension)));
    } else {
      this.panel.reveal();
      await this.update();
    }
  }

  async deserializeWebviewPanel(panel: vscode.WebviewPanel, name: Name | undefined): Promise<void> {
    this.name = name;
    panel.webview.options = options(this.extension);
    this.adopt(panel);
  }

  /** Where a program goes so that the page stays to be read; undefined where it does not matter. */
  get beside(): vscode.ViewColumn | undefined {
    if (!this.panel?.visible) return undefined;
    const { One, Two } = vscode.ViewColumn;
    return this.panel.viewColumn === One ? Two : One;
  }

  /** Makes the file of an exercise, unless it is there, and shows it. */
  async beginExercise(name: Name): Promise<void> {
    const begun = await this.server.execute("shapewise.lesson.exercise", { ...name, ...place() });
    const { uri, created } = (begun ?? {}) as { uri?: string; created?: boolean };
    if (uri === undefined || !created) return;
    const document = await vscode.workspace.openTextDocument(vscode.Uri.parse(uri));
    await document.save();
  }

  private adopt(panel: vscode.WebviewPanel): void {
    panel.iconPath = vscode.Uri.joinPath(this.extension, "media", "icon.png");
    panel.webview.onDidReceiveMessage((asked: Asked) => void this.answer(asked));
    panel.onDidDispose(() => {
      if (this.panel === panel) this.panel = undefined;
    });
    this.panel = panel;
    panel.webview.html = page(panel.webview, this.extension, "lesson", BODY);
  }

  private async update(): Promise<void> {
    const { name } = this;
    if (name === undefined) return;
    const found = await this.ask<LessonPage>("shapewise/lesson", name, {});
    const panel = this.panel;
    if (panel === undefined || name !== this.name) return;
    if (found === undefined) {
      if (this.server.running) this.tell({ kind: "missing", words: words() });
      return;
    }
    panel.title = plain(found.title);
    const folders = picturesIn(found.html).map((uri) => vscode.Uri.joinPath(uri, ".."));
    const own = options(this.extension);
    panel.webview.options = {
      ...own,
      localResourceRoots: [...(own.localResourceRoots ?? []), ...folders],
    };
    const all = (await this.lessons.packs()).find((pack) => pack.id === name.pack)?.lessons ?? [];
    const index = all.findIndex((lesson) => lesson.id === name.lesson);
    const section = this.section;
    this.section = undefined;
    this.tell({
      kind: "lesson",
      lesson: { ...found, html: withPictures(found.html, panel.webview) },
      before: all.filter((lesson) => found.requires.includes(lesson.id)).map(neighbour),
      previous: all.slice(0, Math.max(index, 0)).map(neighbour).at(-1),
      next: all.slice(index + 1).map(neighbour)[0],
      words: words(found),
      section,
    });
    this.opened.fire(name);
  }

  private async tellProgress(): Promise<void> {
    const { name } = this;
    if (!this.panel?.visible || name === undefined) return;
    const lesson = await this.lessons.lesson(name.pack, name.lesson);
    if (lesson === undefined || name !== this.name) return;
    this.tell({ kind: "progress", progress: lesson.progress, words: words(lesson) });
  }

  private async answer(asked: Asked): Promise<void> {
    const { name } = this;
    if (asked.kind === "ready") return this.update();
    if (asked.kind === "open") return this.show({ pack: asked.pack, lesson: asked.lesson });
    if (asked.kind === "link") return this.follow(asked.href);
    if (asked.kind === "try") return this.tryOut(asked.code);
    if (name === undefined) return;
    if (asked.kind === "exercise") return this.beginExercise(name);
    if (asked.kind === "hint") {
      const hint = await this.ask<Hint>("shapewise/lessonHint", name, { step: asked.step });
      if (hint === undefined) return;
      const last = hint.number + 1 >= hint.of;
      this.tell({ kind: "hint", step: hint.step, html: hint.hint, last });
    } else if (asked.kind === "solution") {
      const found = await this.ask<{ solution: string }>("shapewise/lessonSolution", name, {});
      if (found !== undefined) this.tell({ kind: "solution", html: found.solution });
    } else {
      const { question, answer } = asked;
      const given = { question, answer };
      const verdict = await this.ask<Verdict>("shapewise/lessonAnswer", name, given);
      if (verdict === undefined) return;
      this.tell({ kind: "verdict", question, right: verdict.right, html: verdict.explanation });
    }
  }

  private async follow(href: string): Promise<void> {
    const [, pack, lesson] = /^lesson:([^/#]+)\/([^/#]+)/.exec(href) ?? [];
    if (pack !== undefined && lesson !== undefined) return this.show({ pack, lesson });
    if (/^https?:/.test(href)) await vscode.env.openExternal(vscode.Uri.parse(href));
    else if (href.startsWith("file:")) {
      await vscode.commands.executeCommand("vscode.open", vscode.Uri.parse(href), this.beside);
    }
  }

  /** Opens a program of the lesson as an untitled document: nothing is written anywhere. */
  private async tryOut(content: string): Promise<void> {
    const document = await vscode.workspace.openTextDocument({ language: "python", content });
    await vscode.window.showTextDocument(document, this.beside ?? vscode.ViewColumn.Beside);
  }

  private ask<T>(method: string, name: Name, more: object): Promise<T | undefined> {
    return this.server.ask<T>(method, { ...name, ...more, ...place(), format: "html" });
  }

  private tell(told: Told): void {
    void this.panel?.webview.postMessage(told);
  }
}

function neighbour(lesson: Lesson): Neighbour {
  const done = stateOf(lesson) === "done";
  return { pack: lesson.pack, lesson: lesson.id, title: plain(lesson.title), done };
}

/** The files of the pictures of a page. */
function picturesIn(html: string): vscode.Uri[] {
  return [...html.matchAll(/<img src="(file:[^"]*)"/g)].map(([, uri]) => vscode.Uri.parse(uri ?? ""));
}

function withPictures(html: string, webview: vscode.Webview): string {
  return html.replace(
    /<img src="(file:[^"]*)"/g,
    (_, uri: string) => `<img src="${String(webview.asWebviewUri(vscode.Uri.parse(uri)))}"`,
  );
}

function words(lesson?: Lesson): Words {
  const { t } = vscode.l10n;
  return {
    before: t("Before this"),
    exercise: t("Exercise"),
    begin: t("Begin the exercise"),
    goOn: t("Go on with the exercise"),
    hint: t("Show a hint"),
    nextHint: t("Another hint"),
    solution: t("Show the solution"),
    questions: t("Questions"),
    answer: t("Answer"),
    answerShape: t("a shape, such as (2, 3)"),
    right: t("Right."),
    wrong: t("Not quite."),
    tryIt: t("Try it"),
    examples: t("Examples to insert"),
    insert: t("Type the word in a program, or take the example from the light bulb."),
    stepsDone: lesson ? t("{0} of {1} steps are done", stepsDone(lesson), lesson.steps) : "",
    solved: t("Solved"),
    missing: t("This lesson is not there any more."),
  };
}
