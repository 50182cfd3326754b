/** In the webview: the list of tensors and its filter. */

import type { Chosen, Row, Signature, Statistics, Update } from "../inspectorRows";

declare function acquireVsCodeApi(): {
  postMessage(message: Chosen | "ready"): void;
  getState(): { filter?: string } | undefined;
  setState(state: { filter: string }): void;
};

const code = acquireVsCodeApi();
const filter = document.getElementById("filter") as HTMLInputElement;
const list = document.getElementById("rows") as HTMLElement;
const note = document.getElementById("note") as HTMLElement;
let update: Update | undefined;

filter.value = code.getState()?.filter ?? "";

function paint(): void {
  if (update === undefined) return;
  const { rows, words } = update;
  filter.placeholder = words.filter;
  filter.setAttribute("aria-label", words.filter);
  const wanted = filter.value.trim().toLowerCase().split(/\s+/);
  const shown = rows
    .map((row, index) => ({ row, index }))
    .filter(({ row }) => wanted.every((word) => textOf(row).includes(word)));
  list.replaceChildren(...shown.map(({ row, index }) => item(row, index)));
  note.textContent = rows.length === 0 ? words.empty : shown.length === 0 ? words.nothingMatches : "";
  list.querySelector(".current")?.scrollIntoView({ block: "nearest" });
}

/** Everything that a filter can find in a row. */
function textOf(row: Row): string {
  const signatures = [row.known, row.traced].map((s) => (s ? signatureText(s) : ""));
  return [row.name, row.origin, ...signatures].join(" ").toLowerCase();
}

function signatureText(signature: Signature): string {
  const { shape, dtype, device, grad } = signature;
  return [shape, dtype, device, grad ? "grad" : ""].filter(Boolean).join(" ");
}

function item(row: Row, index: number): HTMLElement {
  const words = update?.words;
  const shown = row.known ?? row.traced;
  const element = make("li", row.current ? "row current" : "row");
  element.tabIndex = 0;
  element.dataset["row"] = String(index);
  const head = make("div", "head");
  head.append(
    make("span", "name", row.name),
    make("span", "shape", shown?.shape ?? "?"),
    make("span", "line", `${words?.line ?? ""} ${row.line}`),
  );
  const chips = make("div", "chips");
  for (const chip of [shown?.dtype, shown?.device, shown?.grad ? "grad" : ""]) {
    if (chip) chips.append(make("span", `chip ${chip === "grad" ? "grad" : ""}`, chip));
  }
  if (row.origin) {
    const origin = make("a", "origin", row.origin);
    origin.title = `${words?.from ?? ""} ${row.origin}`;
    origin.dataset["origin"] = "";
    chips.append(origin);
  }
  element.append(head, chips);
  if (row.traced !== null) element.append(traced(row, row.traced));
  if (row.statistics !== null) element.append(statistics(row.statistics));
  return element;
}

/** What a run saw, beside what the analysis says. */
function traced(row: Row, seen: Signature): HTMLElement {
  const words = update?.words;
  const same = row.known === null || signatureText(row.known) === signatureText(seen);
  const element = make("div", row.stale ? "traced stale" : same ? "traced" : "traced differs");
  element.append(
    make("span", "mark", row.stale ? "↺" : row.known === null ? "⟲" : same ? "✓" : "≠"),
    make("span", "word", (same ? words?.traced : words?.differs) ?? ""),
    make("span", "seen", signatureText(seen)),
  );
  if (row.stale) element.title = words?.stale ?? "";
  if (row.visits > 1) {
    const visits = make("span", "visits", `×${row.visits}`);
    visits.title = words?.visits ?? "";
    element.append(visits);
  }
  return element;
}

function statistics(found: Statistics): HTMLElement {
  const element = make("dl", "statistics");
  const pairs: [string, string, string][] = [
    ["min", number(found.min), ""],
    ["max", number(found.max), ""],
    [update?.words.mean ?? "mean", number(found.mean), ""],
    ["NaN", String(found.nan), found.nan > 0 ? "bad" : ""],
  ];
  if (found.inf > 0) pairs.push(["inf", String(found.inf), "bad"]);
  for (const [name, value, kind] of pairs) {
    const pair = make("div", kind);
    pair.append(make("dt", "", name), make("dd", "", value));
    element.append(pair);
  }
  return element;
}

function number(value: number | null): string {
  if (value === null) return "–";
  return Number.isInteger(value) ? String(value) : value.toPrecision(4).replace(/\.?0+$/, "");
}

function make(tag: string, kind: string, text = ""): HTMLElement {
  const element = document.createElement(tag);
  if (kind.trim()) element.className = kind.trim();
  if (text) element.textContent = text;
  return element;
}

function choose(target: EventTarget | null): void {
  const element = target as HTMLElement | null;
  const row = element?.closest<HTMLElement>("[data-row]");
  if (row) {
    const origin = element?.closest("[data-origin]") !== null;
    code.postMessage({ row: Number(row.dataset["row"]), origin });
  }
}

list.addEventListener("click", (event) => choose(event.target));
list.addEventListener("keydown", (event) => {
  if (event.key === "Enter" || event.key === " ") choose(event.target);
});
filter.addEventListener("input", () => {
  code.setState({ filter: filter.value });
  paint();
});
window.addEventListener("message", (event: MessageEvent<Update>) => {
  update = event.data;
  paint();
});
code.postMessage("ready");
