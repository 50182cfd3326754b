/** Runs a program to its end, with its output to the log. */

import { spawn } from "node:child_process";
import type * as vscode from "vscode";

export interface Outcome {
  /** Exit status; undefined where the program could not be started. */
  readonly status: number | undefined;
  readonly output: string;
}

export interface RunOptions {
  /** A folder of ours: what lies in a workspace must not be imported by accident. */
  readonly cwd: string;
  readonly log?: vscode.LogOutputChannel;
  readonly token?: vscode.CancellationToken;
  readonly milliseconds?: number;
}

export function run(
  command: string,
  args: readonly string[],
  options: RunOptions,
): Promise<Outcome> {
  return new Promise((resolve) => {
    const environment = { ...process.env, PYTHONUTF8: "1", PIP_DISABLE_PIP_VERSION_CHECK: "1" };
    const child = spawn(command, args, { cwd: options.cwd, env: environment, windowsHide: true });
    let output = "";
    const timer =
      options.milliseconds === undefined
        ? undefined
        : setTimeout(() => child.kill("SIGKILL"), options.milliseconds);
    const cancelled = options.token?.onCancellationRequested(() => child.kill());
    const end = (status: number | undefined) => {
      clearTimeout(timer);
      cancelled?.dispose();
      resolve({ status, output });
    };
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => {
        output += text;
        for (const line of text.split(/\r?\n/)) if (line.trim()) options.log?.info(line);
      });
    }
    child.on("error", (error) => {
      output += error.message;
      end(undefined);
    });
    child.on("close", (status) => end(status ?? -1));
  });
}
