// How fast shapes appear, in the browser: node measure.mjs [ROUNDS]
//
// "window": a window opens with the file in it; from its text being painted until a shape is.
// The extension, the server and torch start meanwhile. "file": from the key that opens a file in
// a window that has been open for some seconds. "edit": from the last key of an edit until the
// shape that it changes is painted.
import fs from "node:fs";
import path from "node:path";
import { codeServer } from "./lib/servers.mjs";
import { workspace } from "./lib/places.mjs";
import { Workbench } from "./lib/workbench.mjs";

const rounds = Number(process.argv[2] ?? 5);
const median = (all) => all.toSorted((a, b) => a - b)[Math.floor(all.length / 2)];
const write = (what, all) =>
  console.log(`${what}: median ${median(all).toFixed(0)} ms, all ${all.map((n) => n.toFixed(0)).join(" ")}`);

/** In the page: notes when a line of the text first contains a text, at the next frame. */
function watch([name, wanted]) {
  globalThis[name] = new Promise((resolve) => {
    const look = () => {
      const found = [...document.querySelectorAll(".view-lines .view-line")].some((line) =>
        line.textContent.replace(/\u00a0/g, " ").includes(wanted),
      );
      if (found) requestAnimationFrame(() => resolve(performance.now()));
      else requestAnimationFrame(look);
    };
    look();
  });
}

/** Opens a window on a folder, with a file in it or an empty one that runs for some seconds. */
async function measured(cache, { file }, run) {
  const folder = workspace("digits.py");
  const env = { XDG_CACHE_HOME: cache };
  const server = await codeServer({ folder, env, name: "measure" });
  const uri = `vscode-remote://${new URL(server.url).host}${path.join(folder, "digits.py")}`;
  const payload = JSON.stringify([["openFile", uri]]);
  const query = `?folder=${encodeURIComponent(folder)}`;
  const w = await Workbench.open(server.url, {
    query: file ? `${query}&payload=${encodeURIComponent(payload)}` : query,
  });
  try {
    return await run(w);
  } finally {
    await w.close();
    await server.stop();
    fs.rmSync(folder, { recursive: true });
  }
}

async function inNewWindow(w) {
  await w.page.evaluate(watch, ["text", "images"]);
  await w.page.evaluate(watch, ["shape", "x(64, 784) = "]);
  const text = await w.page.evaluate(() => globalThis.text);
  return (await w.page.evaluate(() => globalThis.shape)) - text;
}

async function inOpenWindow(w) {
  await w.page.waitForTimeout(4000);
  await w.page.keyboard.press("Control+P");
  await w.page.waitForSelector(".quick-input-widget input", { state: "visible" });
  await w.page.keyboard.type("digits.py");
  await w.page.waitForSelector('.quick-input-list .monaco-list-row.focused:has-text("digits.py")');
  await w.page.evaluate(watch, ["shape", "x(64, 784) = "]);
  const opened = await w.page.evaluate(() => performance.now());
  await w.page.keyboard.press("Enter");
  return (await w.page.evaluate(() => globalThis.shape)) - opened;
}

async function edits(w) {
  const found = [];
  await w.status("torch 2.");
  await w.goTo(18, 30); // images = torch.rand(64, 1, 28|, 28)
  await w.page.keyboard.press("Backspace");
  await w.seesLine("images(64, 1, 2, 28)");
  for (const digit of ["6", "7", "8", "9", "5", "4", "3", "2"]) {
    await w.page.waitForTimeout(700);
    await w.page.evaluate(() =>
      addEventListener("keydown", () => (globalThis.pressed = performance.now()), {
        capture: true,
        once: true,
      }),
    );
    await w.page.evaluate(watch, ["shape", `images(64, 1, 2${digit}, 28)`]);
    await w.page.keyboard.type(digit);
    const at = await w.page.evaluate(() => globalThis.shape);
    found.push(at - (await w.page.evaluate(() => globalThis.pressed)));
    await w.page.keyboard.press("Backspace");
    await w.seesLine("images(64, 1, 2, 28)");
  }
  return found;
}

// The oracle's answers are kept between starts; the very first has none.
const cache = workspace();
write("window, nothing kept from before", [await measured(cache, { file: true }, inNewWindow)]);
const windows = [];
const files = [];
const keys = [];
for (let round = 0; round < rounds; round++) {
  windows.push(await measured(cache, { file: true }, inNewWindow));
  await measured(cache, {}, async (w) => {
    files.push(await inOpenWindow(w));
    keys.push(...(await edits(w)));
  });
}
write("window", windows);
write("file", files);
write("edit", keys);
