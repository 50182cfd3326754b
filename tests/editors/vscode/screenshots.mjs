// Makes the pictures of editors/vscode/README.md anew: node screenshots.mjs
import fs from "node:fs";
import path from "node:path";
import { codeServer } from "./lib/servers.mjs";
import { EXTENSION, workspace } from "./lib/places.mjs";
import { Workbench } from "./lib/workbench.mjs";

const IMAGES = path.join(EXTENSION, "images");
const LIGHT = "Default Light Modern";
const DARK = "Default Dark Modern";
const CALM = {
  "editor.minimap.enabled": false,
  "breadcrumbs.enabled": false,
  "editor.fontSize": 13,
  "editor.cursorBlinking": "solid",
  "workbench.layoutControl.enabled": false,
  "window.commandCenter": false,
  "editor.occurrencesHighlight": "off",
  "shapewise.tracing.stats": true,
  "editor.wordWrap": "on",
};

/** One picture in a window of its own. */
async function picture(name, { theme, file, width, height }, arrange) {
  const folder = workspace(file);
  const settings = { ...CALM, "workbench.colorTheme": theme };
  const server = await codeServer({ folder, settings, name: `picture-${name}` });
  const w = await Workbench.open(server.url, { width, height });
  try {
    await w.openFile(file);
    await w.status("torch 2.");
    if (file !== "train.py") await w.squiggles(1);
    await arrange(w);
    await w.page.waitForTimeout(800);
    fs.mkdirSync(IMAGES, { recursive: true });
    await w.shot(name, IMAGES);
    console.log(`${name}.png ${fs.statSync(path.join(IMAGES, `${name}.png`)).size} bytes`);
  } catch (error) {
    await w.shot(`FAIL-picture-${name}`);
    throw error;
  } finally {
    await w.close();
    await server.stop();
  }
}

const hideSideBar = (w) => w.page.keyboard.press("Control+B");

const wanted = process.argv.slice(2);
const make = async (name, ...rest) => {
  if (wanted.length === 0 || wanted.includes(name)) await picture(name, ...rest);
};

await make("problem", { theme: DARK, file: "digits.py", width: 860, height: 500 }, async (w) => {
  await hideSideBar(w);
  await w.goTo(1);
  await w.hoverOn(w.page.locator(".squiggly-error"), "How it got this shape");
  const picture = w.page.locator(".monaco-hover img").first();
  await picture.waitFor();
  await picture.scrollIntoViewIfNeeded();
});

await make("flow", { theme: LIGHT, file: "digits.py", width: 1000, height: 760 }, async (w) => {
  await hideSideBar(w);
  await w.goTo(13, 9);
  await w.command("Shapewise: Show Shape Flow");
  await w.webview(".shapewise-flow .reason");
});

await make("inspector", { theme: DARK, file: "train.py", width: 980, height: 620 }, async (w) => {
  await w.command("Shapewise: Show Tensor Inspector");
  const inspector = await w.webview("#filter");
  await w.goTo(11, 5);
  await w.command("Shapewise: Run and Trace This Program");
  await inspector.waitForSelector('.row.current:has-text("loss") .statistics');
  await w.page.waitForSelector('.statusbar-item:has-text("train.py finished")');
});

await make("notebook", { theme: LIGHT, file: "lesson.ipynb", width: 860, height: 400 }, hideSideBar);

await make("lesson", { theme: DARK, file: "digits.py", width: 1240, height: 720 }, async (w) => {
  await w.command("Shapewise: Show the Lessons");
  await w.treeItem("Calculating with tensors").click();
  await w.treeItem("Broadcasting").click();
  const page = await w.webview('#lesson h1:has-text("Broadcasting")');
  await page.click("button.begin");
  await w.page.waitForSelector('.tab[data-resource-name="broadcasting.py"]');
  await w.goTo(14, 10);
  await w.page.keyboard.press("Shift+End");
  await w.page.keyboard.type("table + days");
  await page.waitForSelector('.status:has-text("1 of 2")');
  await page.click(".step:last-of-type button.hint");
  await page.waitForSelector(".hints li");
  await page.evaluate(() => document.querySelector(".exercise").scrollIntoView());
});
