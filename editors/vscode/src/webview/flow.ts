/** In the webview: shows the picture in the editor's colours, and tells of clicks. */

declare function acquireVsCodeApi(): { postMessage(message: unknown): void };

interface Update {
  readonly svg: string;
  readonly current: number;
  readonly empty: string;
  readonly more: string;
}

const code = acquireVsCodeApi();
const main = document.getElementById("flow") as HTMLElement;
let drawn = "";

window.addEventListener("message", (event: MessageEvent<Update>) => {
  const { svg, current, empty, more } = event.data;
  if (svg !== drawn || svg === "") {
    drawn = svg;
    main.replaceChildren(svg === "" ? paragraph(empty) : picture(svg));
    if (more !== "") main.append(paragraph(more));
  }
  for (const box of boxes()) box.classList.toggle("current", Number(box.dataset["node"]) === current);
});

/** The picture; its style becomes the page's, which may hold no style elements. */
function picture(source: string): Element {
  const parsed = new DOMParser().parseFromString(source, "image/svg+xml").documentElement;
  const style = parsed.querySelector("style");
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(style?.textContent ?? "");
  document.adoptedStyleSheets = [sheet];
  style?.remove();
  const svg = document.importNode(parsed, true);
  for (const box of svg.querySelectorAll<SVGElement>("[data-node]")) {
    box.setAttribute("tabindex", "0");
    box.setAttribute("role", "button");
  }
  return svg;
}

function boxes(): NodeListOf<SVGElement> {
  return main.querySelectorAll<SVGElement>("[data-node]");
}

function paragraph(text: string): HTMLElement {
  const element = document.createElement("p");
  element.textContent = text;
  return element;
}

function choose(target: EventTarget | null): void {
  const box = (target as Element | null)?.closest<SVGElement>("[data-node]");
  if (box) code.postMessage({ node: Number(box.dataset["node"]) });
}

main.addEventListener("click", (event) => choose(event.target));
main.addEventListener("keydown", (event) => {
  if (event.key === "Enter" || event.key === " ") choose(event.target);
});
code.postMessage("ready");
