/** The lessons of a session, as the server lists them. */

import * as vscode from "vscode";
import { currentFolder } from "./interpreter";
import type { Lesson, LessonList, Pack } from "./protocol";
import type { Server } from "./server";

/** Milliseconds in which several changes of the progress are one. */
const PAUSE = 100;

export class Lessons implements vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  private readonly disposables: vscode.Disposable[] = [this.changed];
  private list: Promise<readonly Pack[]> | undefined;
  private timer: NodeJS.Timeout | undefined;

  /** Lessons, or what was done with them, may be others now. */
  readonly onDidChange = this.changed.event;

  constructor(private readonly server: Server) {
    this.disposables.push(
      server.onDidChangeLessons(() => this.refreshSoon()),
      server.onDidChangeState(({ kind }) => {
        if (kind !== "starting") this.refresh();
      }),
      vscode.workspace.onDidChangeWorkspaceFolders(() => this.refreshSoon()),
      vscode.workspace.onDidChangeConfiguration((event) => {
        const ours = ["shapewise.language", "shapewise.lessons"];
        if (ours.some((section) => event.affectsConfiguration(section))) this.refreshSoon();
      }),
    );
  }

  dispose(): void {
    clearTimeout(this.timer);
    for (const disposable of this.disposables) disposable.dispose();
  }

  /** All packs; none while the server does not run. */
  packs(): Promise<readonly Pack[]> {
    this.list ??= this.server
      .ask<LessonList>("shapewise/lessons", place())
      .then((answer) => answer?.packs ?? []);
    return this.list;
  }

  async lesson(pack: string, id: string): Promise<Lesson | undefined> {
    const found = (await this.packs()).find((its) => its.id === pack);
    return found?.lessons.find((lesson) => lesson.id === id);
  }

  refresh(): void {
    this.list = undefined;
    this.changed.fire();
  }

  private refreshSoon(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.refresh(), PAUSE);
  }
}

/** Where progress is kept, and whose language is spoken: the folder that the user sees. */
export function place(): { uri?: string } {
  const folder = currentFolder();
  return folder ? { uri: folder.uri.toString() } : {};
}
