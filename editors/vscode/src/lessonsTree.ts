/** The lessons view: concepts, their lessons, and how far the learner is. */

import * as vscode from "vscode";
import { setContext } from "./contexts";
import { answered, plain, stateOf, stepsDone, type State } from "./lessonProgress";
import type { Lessons } from "./lessons";
import type { Concept, Lesson, Pack } from "./protocol";

const VIEW = "shapewise.lessons";
const HIDE_DONE = "lessons.hideDone";

export type Node =
  | { readonly kind: "pack"; readonly pack: Pack }
  | { readonly kind: "concept"; readonly pack: Pack; readonly concept: Concept }
  | { readonly kind: "lesson"; readonly parent: Node; readonly lesson: Lesson }
  | { readonly kind: "exercise" | "questions"; readonly parent: Node; readonly lesson: Lesson };

const ICONS: Readonly<Record<State, vscode.ThemeIcon>> = {
  open: new vscode.ThemeIcon("circle-large-outline"),
  begun: new vscode.ThemeIcon("color-mode", new vscode.ThemeColor("charts.blue")),
  done: new vscode.ThemeIcon("pass-filled", new vscode.ThemeColor("testing.iconPassed")),
};

export class LessonsTree implements vscode.TreeDataProvider<Node>, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  private readonly view: vscode.TreeView<Node>;
  private readonly disposables: vscode.Disposable[] = [this.changed];
  private hideDone: boolean;

  readonly onDidChangeTreeData = this.changed.event;

  constructor(
    private readonly lessons: Lessons,
    private readonly memory: vscode.Memento,
  ) {
    this.hideDone = memory.get<boolean>(HIDE_DONE, false);
    setContext("doneHidden", this.hideDone);
    this.view = vscode.window.createTreeView(VIEW, { treeDataProvider: this, showCollapseAll: true });
    this.disposables.push(this.view, lessons.onDidChange(() => this.changed.fire()));
  }

  dispose(): void {
    for (const disposable of this.disposables) disposable.dispose();
  }

  /** Brings the view to the front. */
  async show(): Promise<void> {
    await vscode.commands.executeCommand(`${VIEW}.focus`);
  }

  /** Leaves out the lessons that are done, or shows them again. */
  async hide(done: boolean): Promise<void> {
    this.hideDone = done;
    setContext("doneHidden", done);
    await this.memory.update(HIDE_DONE, done);
    this.changed.fire();
  }

  /** Selects a lesson, where the view is open. */
  async reveal(pack: string, id: string): Promise<void> {
    if (!this.view.visible || this.isSelected(pack, id)) return;
    const found = (await this.lessons.packs()).find((its) => its.id === pack);
    const lesson = found?.lessons.find((its) => its.id === id);
    const concept = found?.concepts.find((its) => its.lessons.includes(id));
    if (found === undefined || lesson === undefined || concept === undefined) return;
    if (this.hideDone && stateOf(lesson) === "done") return;
    const parent: Node = { kind: "concept", pack: found, concept };
    // A view that is drawn anew meanwhile does not find it: that costs only the selection.
    await Promise.resolve(this.view.reveal({ kind: "lesson", parent, lesson })).catch(() => undefined);
  }

  async getChildren(node?: Node): Promise<Node[]> {
    if (node === undefined) return this.roots();
    if (node.kind === "pack") return this.concepts(node.pack);
    if (node.kind === "concept") {
      return this.shown(node).map((lesson) => ({ kind: "lesson", parent: node, lesson }));
    }
    return node.kind === "lesson" ? partsOf(node) : [];
  }

  async getParent(node: Node): Promise<Node | undefined> {
    if (node.kind === "pack") return undefined;
    if (node.kind !== "concept") return node.parent;
    const several = (await this.lessons.packs()).length > 1;
    return several ? { kind: "pack", pack: node.pack } : undefined;
  }

  getTreeItem(node: Node): vscode.TreeItem {
    const item = this.item(node);
    item.id = idOf(node);
    return item;
  }

  private async roots(): Promise<Node[]> {
    const packs = await this.lessons.packs();
    const [only] = packs;
    if (packs.length === 1 && only !== undefined) return this.concepts(only);
    return packs.map((pack) => ({ kind: "pack", pack }));
  }

  private concepts(pack: Pack): Node[] {
    return pack.concepts
      .map((concept) => ({ kind: "concept", pack, concept }) as const)
      .filter((node) => this.shown(node).length > 0);
  }

  private shown(node: Node & { kind: "concept" }): Lesson[] {
    const lessons = lessonsOf(node.pack, node.concept);
    return this.hideDone ? lessons.filter((its) => stateOf(its) !== "done") : lessons;
  }

  private isSelected(pack: string, id: string): boolean {
    return this.view.selection.some(
      (node) => "lesson" in node && node.lesson.pack === pack && node.lesson.id === id,
    );
  }

  private item(node: Node): vscode.TreeItem {
    const { Collapsed, Expanded } = vscode.TreeItemCollapsibleState;
    if (node.kind === "pack") {
      const item = new vscode.TreeItem(node.pack.title, Expanded);
      item.iconPath = new vscode.ThemeIcon("library");
      item.description = count(node.pack.lessons);
      item.tooltip = node.pack.description;
      return item;
    }
    if (node.kind === "concept") {
      const lessons = lessonsOf(node.pack, node.concept);
      const item = new vscode.TreeItem(node.concept.title, Collapsed);
      item.iconPath = new vscode.ThemeIcon("book");
      item.description = count(lessons);
      item.tooltip = vscode.l10n.t("{0} lessons", lessons.length);
      return item;
    }
    return node.kind === "lesson" ? lessonItem(node.lesson) : partItem(node);
  }
}

function lessonsOf(pack: Pack, concept: Concept): Lesson[] {
  return pack.lessons.filter((lesson) => concept.lessons.includes(lesson.id));
}

/** `2/7`: lessons that are done, of all. */
function count(lessons: readonly Lesson[]): string {
  return `${lessons.filter((its) => stateOf(its) === "done").length}/${lessons.length}`;
}

function lessonItem(lesson: Lesson): vscode.TreeItem {
  const state = stateOf(lesson);
  const parts = lesson.steps + lesson.questions > 0;
  const { Collapsed, None } = vscode.TreeItemCollapsibleState;
  const item = new vscode.TreeItem(plain(lesson.title), parts ? Collapsed : None);
  item.iconPath = ICONS[state];
  const told = [WORDS[state]()];
  if (lesson.codes.length > 0) told.push(lesson.codes.join(", "));
  item.tooltip = `${plain(lesson.title)}\n${told.join(" · ")}`;
  item.accessibilityInformation = { label: `${plain(lesson.title)}, ${WORDS[state]()}` };
  item.contextValue = lesson.steps > 0 ? "lesson.exercise" : "lesson";
  item.command = command("openLesson", lesson);
  return item;
}

function partsOf(node: Node & { kind: "lesson" }): Node[] {
  const { lesson } = node;
  const parts: Node[] = [];
  if (lesson.steps > 0) parts.push({ kind: "exercise", parent: node, lesson });
  if (lesson.questions > 0) parts.push({ kind: "questions", parent: node, lesson });
  return parts;
}

function partItem({ kind, lesson }: Node & { kind: "exercise" | "questions" }): vscode.TreeItem {
  const exercise = kind === "exercise";
  const { t } = vscode.l10n;
  const item = new vscode.TreeItem(exercise ? t("Exercise") : t("Questions"));
  const [done, of] = exercise
    ? [stepsDone(lesson), lesson.steps]
    : [answered(lesson), lesson.questions];
  item.iconPath = done === of ? ICONS.done : new vscode.ThemeIcon(exercise ? "edit" : "question");
  item.description = `${done}/${of}`;
  item.tooltip = exercise
    ? t("{0} of {1} steps are done", done, of)
    : t("{0} of {1} questions are answered", done, of);
  item.command = command(exercise ? "beginExercise" : "openQuestions", lesson);
  return item;
}

const WORDS: Readonly<Record<State, () => string>> = {
  open: () => vscode.l10n.t("not begun"),
  begun: () => vscode.l10n.t("begun"),
  done: () => vscode.l10n.t("done"),
};

function command(name: string, { pack, id }: Lesson): vscode.Command {
  return { command: `shapewise.${name}`, title: name, arguments: [{ pack, lesson: id }] };
}

function idOf(node: Node): string {
  if (node.kind === "pack") return node.pack.id;
  if (node.kind === "concept") return `${node.pack.id}/${node.concept.id}`;
  if (node.kind === "lesson") return `${idOf(node.parent)}/${node.lesson.id}`;
  return `${idOf(node.parent)}/${node.kind}`;
}
