/** The language server's process and the client that speaks with it. */

import * as vscode from "vscode";
import {
  LanguageClient,
  State,
  TransportKind,
  type LanguageClientOptions,
  type MessageSignature,
  type ServerOptions,
} from "vscode-languageclient/node";
import { inTheme } from "./hoverPictures";
import { currentFolder, interpreterOf } from "./interpreter";
import type { Host, Installation } from "./installation";
import type { StatusParams, TracedParams } from "./protocol";
import { sectionFor } from "./settings";
import { saveBefore } from "./trace";

/** What the server is doing, for the status bar and the commands. */
export type ServerState =
  | { readonly kind: "off" }
  | { readonly kind: "missing"; readonly python: string }
  | { readonly kind: "starting" }
  | { readonly kind: "failed"; readonly reason: string }
  | { readonly kind: "running"; readonly host: Host; readonly restarts: number };

/** A client that writes to the log what fails, and does not show it to the learner. */
class QuietClient extends LanguageClient {
  override handleFailedRequest<T>(
    type: MessageSignature,
    token: vscode.CancellationToken | undefined,
    error: unknown,
    defaultValue: T,
    _showNotification?: boolean,
    throwOnCancel?: boolean,
  ): T {
    return super.handleFailedRequest(type, token, error, defaultValue, false, throwOnCancel);
  }
}

/** Documents of these schemes are analysed; a diff's old side or an output is not. */
const SCHEMES = ["file", "untitled", "vscode-vfs", "vscode-remote", "github", "memfs", "tmp"];

/** How often within three minutes a server that crashes is started again. */
const RESTARTS = 4;

/** Milliseconds that the first hints of a document are waited for. */
const FIRST_HINTS = 40;

export class Server implements vscode.Disposable {
  private client: LanguageClient | undefined;
  private current: ServerState = { kind: "off" };
  private hinted = new WeakSet<vscode.TextDocument>();
  private queue: Promise<void> = Promise.resolve();
  private readonly changed = new vscode.EventEmitter<ServerState>();
  private readonly told = new vscode.EventEmitter<StatusParams>();
  private readonly traced = new vscode.EventEmitter<TracedParams>();
  private readonly analysed = new vscode.EventEmitter<vscode.Uri>();
  private readonly taught = new vscode.EventEmitter<void>();

  readonly onDidChangeState = this.changed.event;
  /** The state of an interpreter's torch. */
  readonly onDidTellStatus = this.told.event;
  /** A traced run goes on or has ended. */
  readonly onDidTrace = this.traced.event;
  /** Something new is known of a document. */
  readonly onDidAnalyse = this.analysed.event;
  /** Lessons, or what was done with them, may be others now. */
  readonly onDidChangeLessons = this.taught.event;

  /** Commands of the server that are carried out here, with their argument. */
  readonly own = new Map<string, (argument: object) => Promise<void>>();

  /** Where a document goes that the server wants shown; undefined for where the user is. */
  columnFor: () => vscode.ViewColumn | undefined = () => undefined;

  constructor(
    private readonly context: vscode.ExtensionContext,
    private readonly installation: Installation,
    private readonly log: vscode.LogOutputChannel,
  ) {}

  get state(): ServerState {
    return this.current;
  }

  /** The client, while it runs. */
  get running(): LanguageClient | undefined {
    return this.client?.state === State.Running ? this.client : undefined;
  }

  /** Whether the server can do something beside the protocol; false while it does not run. */
  offers(command: string): boolean {
    const offered = this.running?.initializeResult?.capabilities.executeCommandProvider?.commands;
    return offered?.includes(command) ?? false;
  }

  /** Starts the server, or tells that there is none; calls follow one another. */
  start(): Promise<void> {
    return this.after(() => this.startNow());
  }

  stop(): Promise<void> {
    return this.after(() => this.stopNow());
  }

  restart(): Promise<void> {
    return this.after(async () => {
      await this.stopNow();
      await this.startNow();
    });
  }

  /** The interpreters may be others now: has the server ask for its settings again. */
  async reconfigure(): Promise<void> {
    await this.running?.sendNotification("workspace/didChangeConfiguration", { settings: null });
  }

  /** Sends a request of our own; undefined where the server is away or does not know it. */
  async ask<T>(
    method: string,
    params: object,
    token?: vscode.CancellationToken,
  ): Promise<T | undefined> {
    try {
      return (await this.running?.sendRequest<T | null>(method, params, token)) ?? undefined;
    } catch (error) {
      if (!token?.isCancellationRequested) this.log.debug(`${method}: ${String(error)}`);
      return undefined;
    }
  }

  /** Has the server carry out one of its commands, as a code lens would. */
  async execute(command: string, argument: object): Promise<unknown> {
    // The client has registered the commands that the server offers.
    return this.offers(command) ? vscode.commands.executeCommand(command, argument) : undefined;
  }

  dispose(): void {
    this.changed.dispose();
    this.told.dispose();
    this.traced.dispose();
    this.analysed.dispose();
    this.taught.dispose();
  }

  private after(work: () => Promise<void>): Promise<void> {
    this.queue = this.queue.then(work).catch((error: unknown) => {
      this.log.error(String(error));
      this.become({ kind: "failed", reason: String(error) });
    });
    return this.queue;
  }

  private async startNow(): Promise<void> {
    if (this.client !== undefined) return;
    this.become({ kind: "starting" });
    this.hinted = new WeakSet();
    const interpreter = await interpreterOf(currentFolder());
    this.log.info(`interpreter: ${interpreter.path} (${interpreter.source})`);
    const last = this.installation.lastHost(interpreter.path);
    if (last !== undefined) void this.verify(last, interpreter.path);
    const host = last ?? (await this.installation.host(interpreter.path));
    if (host === undefined) {
      this.log.warn(`Shapewise is not installed in ${interpreter.path}`);
      this.become({ kind: "missing", python: interpreter.path });
      return;
    }
    this.log.info(`server: Shapewise ${host.version} in ${host.python}`);
    const client = await this.makeClient(host);
    this.client = client;
    let restarts = -1;
    client.onDidChangeState(({ newState }) => {
      if (this.client !== client) return;
      if (newState === State.Running) {
        restarts += 1;
        this.become({ kind: "running", host, restarts });
      } else if (newState === State.Starting) {
        this.become({ kind: "starting" });
      } else {
        this.become({ kind: "failed", reason: vscode.l10n.t("The server has ended.") });
      }
    });
    client.onNotification("shapewise/status", (params: StatusParams) => this.told.fire(params));
    client.onNotification("shapewise/traced", (params: TracedParams) => this.traced.fire(params));
    client.onNotification("shapewise/lessonsChanged", () => this.taught.fire());
    try {
      await client.start();
    } catch (error) {
      this.client = undefined;
      await client.dispose().catch(() => undefined);
      throw error;
    }
  }

  /** Starts anew if the server is not any more where it was the last time. */
  private async verify(last: Host, learners: string): Promise<void> {
    const host = await this.installation.host(learners);
    if (host?.python !== last.python || host.version !== last.version) await this.restart();
  }

  private async stopNow(): Promise<void> {
    const client = this.client;
    this.client = undefined;
    if (client !== undefined) await client.dispose().catch(() => undefined);
    this.become({ kind: "off" });
  }

  private become(state: ServerState): void {
    this.current = state;
    this.changed.fire(state);
  }

  /**
   * The hints of a document; at first none if they take long, and a refresh when they are there.
   *
   * VS Code asks the later, the longer it has waited before: a first answer that waits
   * for torch would delay the ones after it by half a second.
   */
  private async hintsWithin(
    document: vscode.TextDocument,
    hints: () => Promise<vscode.InlayHint[]>,
  ): Promise<vscode.InlayHint[]> {
    const found = hints();
    if (this.hinted.has(document)) return found;
    const late = new Promise<undefined>((resolve) => setTimeout(resolve, FIRST_HINTS, undefined));
    const early = await Promise.race([found, late]);
    if (early !== undefined) {
      this.hinted.add(document);
      return early;
    }
    void found.then(() => {
      this.hinted.add(document);
      const feature = this.running?.getFeature("textDocument/inlayHint");
      feature?.getProvider(document)?.onDidChangeInlayHints.fire();
    }, () => undefined);
    return [];
  }

  private async makeClient(host: Host): Promise<LanguageClient> {
    const server: ServerOptions = {
      command: host.python,
      // -P: nothing from the folder in which it is started is imported.
      args: ["-P", "-m", "shapewise.server", "serve"],
      transport: TransportKind.stdio,
      options: { cwd: this.installation.cwd, env: { ...process.env, PYTHONUTF8: "1" } },
    };
    const settings = await sectionFor(this.context, currentFolder()?.uri);
    const options: LanguageClientOptions = {
      documentSelector: [
        ...SCHEMES.map((scheme) => ({ scheme, language: "python" })),
        { notebook: "*", language: "python" },
      ],
      outputChannel: this.log,
      initializationOptions: {
        trusted: vscode.workspace.isTrusted,
        settings,
        hoversShowDiagnostics: true,
        hoversShowImages: true,
      },
      connectionOptions: { maxRestartCount: RESTARTS },
      markdown: { isTrusted: false, supportHtml: false },
      middleware: {
        workspace: {
          configuration: (params) =>
            Promise.all(
              params.items.map((item) =>
                sectionFor(
                  this.context,
                  item.scopeUri === undefined ? undefined : vscode.Uri.parse(item.scopeUri),
                ),
              ),
            ),
        },
        provideDiagnostics: async (document, previous, token, next) => {
          const report = await next(document, previous, token);
          this.analysed.fire(document instanceof vscode.Uri ? document : document.uri);
          return report;
        },
        provideHover: async (document, position, token, next) =>
          inTheme(await next(document, position, token)),
        provideInlayHints: (document, range, token, next) =>
          this.hintsWithin(document, async () => (await next(document, range, token)) ?? []),
        window: {
          showDocument: async (params, token, next) => {
            const viewColumn = this.columnFor();
            if (params.external || viewColumn === undefined) return next(params, token);
            const uri = vscode.Uri.parse(params.uri);
            await vscode.window.showTextDocument(uri, {
              viewColumn,
              preserveFocus: !params.takeFocus,
            });
            return { success: true };
          },
        },
        executeCommand: async (command, args, next) => {
          const own = this.own.get(command);
          if (own !== undefined) return own((args as object[])[0] ?? {});
          await saveBefore(command, args);
          return next(command, args);
        },
        handleDiagnostics: (uri, diagnostics, next) => {
          next(uri, diagnostics);
          this.analysed.fire(uri);
        },
      },
    };
    return new QuietClient("shapewise", "Shapewise", server, options);
  }
}
