/** Where the server is installed, and installing it: the wheel travels inside the extension. */

import * as fs from "node:fs/promises";
import * as path from "node:path";
import * as vscode from "vscode";
import { canServe, probe, type Probe } from "./probe";
import { run, type Outcome } from "./process";

/** The interpreter that runs the server, and the version of Shapewise that it has. */
export interface Host {
  readonly python: string;
  readonly version: string;
}

export class InstallationError extends Error {}

export class Installation {
  constructor(
    private readonly context: vscode.ExtensionContext,
    private readonly log: vscode.LogOutputChannel,
  ) {}

  /** Where programs are started: nothing is ever imported from here. */
  get cwd(): string {
    return this.context.extensionPath;
  }

  /** The Python of Shapewise's own environment, whether it exists or not. */
  get ownPython(): string {
    const environment = path.join(this.context.globalStorageUri.fsPath, "venv");
    return process.platform === "win32"
      ? path.join(environment, "Scripts", "python.exe")
      : path.join(environment, "bin", "python");
  }

  /**
   * The interpreter to run the server with: the one that is set, the learner's, our own.
   * Undefined where none of them has Shapewise.
   */
  async host(learners: string): Promise<Host | undefined> {
    const candidates = this.candidates(learners);
    let host: Host | undefined;
    for (const python of candidates) {
      const found = await probe(python, this.cwd);
      if (found?.shapewise && canServe(found)) {
        host = { python, version: found.shapewise };
        break;
      }
    }
    await this.context.globalState.update(remembrance(candidates), host);
    return host;
  }

  /** What `host` found the last time: asking takes a quarter of a second, and the answer lasts. */
  lastHost(learners: string): Host | undefined {
    return this.context.globalState.get<Host>(remembrance(this.candidates(learners)));
  }

  private candidates(learners: string): string[] {
    const set = vscode.workspace.getConfiguration("shapewise.server").get<string | null>("python");
    return set ? [set] : [learners, this.ownPython];
  }

  /** The version of the wheel inside the extension; undefined where it was packaged without. */
  async bundledVersion(): Promise<string | undefined> {
    const wheel = await this.wheel();
    return wheel && path.basename(wheel).split("-")[1];
  }

  /** Whether Shapewise can go into an environment itself. */
  async accepts(python: string): Promise<boolean> {
    const found = await probe(python, this.cwd);
    return found !== undefined && canServe(found) && (await this.installer(python, found)) !== null;
  }

  /** Installs the wheel beside the learner's torch. */
  async installInto(python: string, token: vscode.CancellationToken): Promise<void> {
    const found = await probe(python, this.cwd);
    if (!found) throw new InstallationError(vscode.l10n.t("There is no Python at {0}.", python));
    const installer = await this.installer(python, found);
    if (installer === null) {
      throw new InstallationError(vscode.l10n.t("{0} has no pip, and there is no uv.", python));
    }
    const [command, ...args] = installer;
    if (command === undefined) return;
    const wheel = await this.wheel();
    // A wheel that is rebuilt keeps its version: it is put over the old one, what it needs stays.
    await this.step(command, [...args, wheel ?? "shapewise"], token);
  }

  /** Makes Shapewise's own environment with the first Python that is new enough. */
  async installApart(learners: string, token: vscode.CancellationToken): Promise<void> {
    const base = await this.newPython(learners);
    if (base === undefined) {
      throw new InstallationError(
        vscode.l10n.t("No Python 3.11 or newer was found. Install one, and try again."),
      );
    }
    const folder = path.join(this.context.globalStorageUri.fsPath, "venv");
    await fs.rm(folder, { recursive: true, force: true });
    await this.step(base, ["-m", "venv", folder], token);
    await this.installInto(this.ownPython, token);
  }

  private async step(
    command: string,
    args: string[],
    token: vscode.CancellationToken,
  ): Promise<Outcome> {
    this.log.info(`> ${[command, ...args].join(" ")}`);
    const outcome = await run(command, args, { cwd: this.cwd, log: this.log, token });
    if (token.isCancellationRequested) throw new vscode.CancellationError();
    if (outcome.status !== 0) {
      const last = outcome.output.trim().split("\n").at(-1) ?? "";
      throw new InstallationError(last);
    }
    return outcome;
  }

  /** The command that installs into an environment; null where there is none. */
  private async installer(python: string, found: Probe): Promise<string[] | null> {
    if (found.pip) return [python, "-m", "pip", "install", "--upgrade", "--no-input"];
    const uv = await run("uv", ["--version"], { cwd: this.cwd, milliseconds: 10_000 });
    return uv.status === 0 ? ["uv", "pip", "install", "--upgrade", "--python", python] : null;
  }

  private async newPython(learners: string): Promise<string | undefined> {
    const names = ["python3.14", "python3.13", "python3.12", "python3.11", "python3", "python"];
    for (const python of [learners, ...names]) {
      const found = await probe(python, this.cwd);
      if (found && canServe(found)) return python;
    }
    return undefined;
  }

  private async wheel(): Promise<string | undefined> {
    const folder = path.join(this.context.extensionPath, "bundled");
    const names = await fs.readdir(folder).catch(() => []);
    const wheel = names.find((name) => name.endsWith(".whl"));
    return wheel && path.join(folder, wheel);
  }
}

function remembrance(candidates: readonly string[]): string {
  return `host of ${candidates.join(" or ")}`;
}
