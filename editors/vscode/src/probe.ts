/** What an interpreter is and has, found out without importing anything heavy. */

import { run } from "./process";

export interface Probe {
  readonly version: readonly [number, number];
  /** The version of Shapewise installed there, null where there is none. */
  readonly shapewise: string | null;
  readonly torch: string | null;
  readonly pip: boolean;
}

// For any Python 3: the learner's may be older than the server's.
const SCRIPT = `
import importlib.util as u, json, sys
try:
    from importlib import metadata as m
except ImportError:
    m = None
def version(name):
    try:
        return m.version(name) if m and u.find_spec(name) else None
    except Exception:
        return None
print(json.dumps({"version": sys.version_info[:2], "shapewise": version("shapewise"),
                  "torch": version("torch"), "pip": u.find_spec("pip") is not None}))
`;

/** The oldest Python that the server runs on. */
export const OLDEST: readonly [number, number] = [3, 11];

/** Asks an interpreter; undefined where there is none at that path. */
export async function probe(python: string, cwd: string): Promise<Probe | undefined> {
  const { status, output } = await run(python, ["-c", SCRIPT], { cwd, milliseconds: 20_000 });
  if (status !== 0) return undefined;
  try {
    return JSON.parse(output.trim().split("\n").at(-1) ?? "") as Probe;
  } catch {
    return undefined;
  }
}

export function canServe({ version: [major, minor] }: Probe): boolean {
  return major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1]);
}
