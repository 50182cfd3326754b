// The packaged extension in a real VS Code: what a learner sees and does.
import assert from "node:assert";
import fs from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";
import { codeServer } from "./lib/servers.mjs";
import { workspace } from "./lib/places.mjs";
import { Workbench } from "./lib/workbench.mjs";

/** A test in a window of its own; a picture where it fails. */
async function inWorkbench(server, name, folder, run) {
  const query = `?folder=${encodeURIComponent(folder)}`;
  const workbench = await Workbench.open(server.url, { query });
  try {
    await run(workbench, folder);
  } catch (error) {
    await workbench.shot(`FAIL-${name.replace(/\W+/g, "-")}`);
    throw error;
  } finally {
    await workbench.close();
  }
}

let shared;
before(async () => (shared = await codeServer({ folder: workspace(), name: "browser" })));
after(() => shared?.stop());

/** A test that changes no settings. */
function learner(name, fixtures, run) {
  test(name, () => inWorkbench(shared, name, workspace(...fixtures), run));
}

/** A test with a server of its own. */
function apart(name, fixtures, options, run) {
  test(name, async () => {
    const folder = workspace(...fixtures);
    const given = typeof options === "function" ? options(folder) : options;
    const server = await codeServer({ folder, ...given, name: name.replace(/\W+/g, "-") });
    try {
      await inWorkbench(server, name, folder, run);
    } finally {
      await server.stop();
    }
  });
}

/** Waits until a saved file matches. */
async function onDisk(folder, name, wanted) {
  const end = Date.now() + 10_000;
  for (;;) {
    const text = fs.readFileSync(path.join(folder, name), "utf8");
    if (wanted.test(text)) return;
    if (Date.now() > end) assert.match(text, wanted);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

learner("shapes, a squiggle and hovers", ["digits.py"], async (w) => {
  await w.openFile("digits.py");
  await w.seesLine("x(64, 784) = images.flatten(1)");
  await w.seesLine("labels(64,) = ");
  await w.squiggles(1);
  await w.status("torch 2.");
  const tensor = await w.hover("images", "float32", 1);
  assert.match(tensor, /Tensor \(64, 1, 28, 28\) float32 cpu/);
  assert.match(tensor, /torch\.rand\(64, 1, 28, 28\), line 18/);
  const problem = await w.hoverOn(w.page.locator(".squiggly-error"), "SW101");
  assert.match(problem, /its last size is 784, but `?self\.hidden`? wants 748/);
});

for (const [theme, dark] of [["Default Light Modern", false], ["Default Dark Modern", true]]) {
  const coloured = { settings: { "workbench.colorTheme": theme } };
  apart(`a picture explains a problem, ${dark ? "dark" : "light"}`, ["digits.py"], coloured, async (w) => {
    await w.openFile("digits.py");
    await w.squiggles(1);
    await w.status("torch 2.");
    await w.hoverOn(w.page.locator(".squiggly-error"), "How it got this shape");
    const picture = w.page.locator('.monaco-hover img[src^="data:image/svg+xml"]').first();
    await picture.waitFor();
    const [alt, width] = await picture.evaluate((image) => [image.alt, image.naturalWidth]);
    assert.match(alt, /the way from \(64, 1, 28, 28\) to \(64, 784\)/);
    assert.ok(width > 100);
    // Its card has the theme's brightness, not the window's.
    const light = await picture.evaluate((image) => {
      const canvas = document.createElement("canvas");
      [canvas.width, canvas.height] = [image.naturalWidth, image.naturalHeight];
      const context = canvas.getContext("2d");
      context.drawImage(image, 0, 0);
      return context.getImageData(canvas.width / 2, 6, 1, 1).data[1];
    });
    assert.strictEqual(light < 128, dark, `brightness ${light}`);
  });
}

learner("an edit moves the shapes, and is saved", ["digits.py"], async (w, folder) => {
  await w.openFile("digits.py");
  await w.squiggles(1);
  await w.goTo(8, 33);
  await w.page.keyboard.type("784");
  for (let i = 0; i < 3; i++) await w.page.keyboard.press("Delete");
  await w.squiggles(0);
  await w.seesLine("scores(64, 10) = model(images)");
  await w.page.keyboard.press("Control+S");
  await onDisk(folder, "digits.py", /nn\.Linear\(784, 128\)/);
});

learner("a proved fix is applied, and saved", ["digits.py"], async (w, folder) => {
  await w.openFile("digits.py");
  await w.squiggles(1);
  await w.goTo(13, 33);
  await w.quickFix("Change in_features");
  const offered = await w.page.locator(".action-widget .monaco-list-row.action").allTextContents();
  assert.match(offered[0], /^Change in_features of `self\.hidden` to 784/);
  const lesson = offered.findIndex((title) => title.startsWith("Learn: "));
  assert.ok(lesson > 0, `fixes come before lessons: ${offered}`);
  await w.page.keyboard.press("Enter");
  await w.seesLine("self.hidden = nn.Linear(784, 128)");
  await w.squiggles(0);
  await w.seesLine("scores(64, 10) = model(images)");
  await w.page.keyboard.press("Control+S");
  await onDisk(folder, "digits.py", /nn\.Linear\(784, 128\)/);
});

learner("an example is inserted with tab stops", ["digits.py"], async (w, folder) => {
  await w.openFile("digits.py");
  await w.squiggles(1);
  await w.goTo(13, 33);
  await w.applyFix("Insert example: a matrix product");
  await w.seesLine("c(2, 4) = a @ b");
  // The name that is to be chosen is selected wherever it stands, then the next one.
  await w.page.keyboard.type("left");
  await w.seesLine("left(2, 3) = torch.rand(2, 3)");
  await w.seesLine("c(2, 4) = left @ b");
  await w.page.keyboard.press("Tab");
  await w.page.keyboard.type("5");
  await w.seesLine("left(5, 3) = torch.rand(5, 3)");
  await w.page.keyboard.press("Control+S");
  await onDisk(folder, "digits.py", /^ {8}left = torch\.rand\(5, 3\)\n {8}b = /m);
});

learner("names beyond ASCII", ["emoji.py"], async (w) => {
  await w.openFile("emoji.py");
  await w.seesLine("ação(2, 3) = torch.rand(2, 3)");
  await w.seesLine('nota = "🦜 ção"; soma(2,) = ação.sum(1)');
});

apart("hints can be hidden and say more", ["digits.py"], {}, async (w) => {
  await w.openFile("digits.py");
  await w.seesLine("x(64, 784) = ");
  await w.command("Shapewise: Choose What Shapes in the Text Say", { asks: true });
  await w.page.waitForSelector('.quick-input-list .monaco-list-row:has-text("float32 cpu")');
  await w.page.keyboard.type("float32 cpu");
  await w.page.keyboard.press("Enter");
  await w.seesLine("images(64, 1, 28, 28) float32 cpu = ");
  await w.command("Shapewise: Show or Hide Shapes in the Text");
  await w.seesLine("labels = torch.randint");
  await w.command("Shapewise: Show or Hide Shapes in the Text");
  await w.seesLine("labels(64,) int64 cpu = ");
});

learner("cells of a notebook are one program", ["lesson.ipynb"], async (w, folder) => {
  await w.openFile("lesson.ipynb");
  await w.seesLine("batch(8, 3) = torch.rand(8, 3)");
  await w.seesLine("weights(4, 2) = torch.rand(4, 2)");
  await w.squiggles(1);
  const text = await w.hover("batch", "float32", 1);
  assert.match(text, /Tensor \(8, 3\) float32 cpu/);
  assert.match(text, /cell 1/);
  // An edit in the first cell changes what the second one says.
  await w.page.keyboard.press("Escape");
  await w.page.locator(".view-line", { hasText: "batch" }).first().click();
  await w.page.keyboard.press("End");
  await w.page.keyboard.press("ArrowLeft");
  await w.page.keyboard.press("Backspace");
  await w.page.keyboard.type("4");
  await w.squiggles(0);
  await w.seesLine("scores(8, 2) = batch @ weights");
  await w.page.keyboard.press("Control+S");
  await onDisk(folder, "lesson.ipynb", /torch\.rand\(8, 4\)/);
});

learner("the shape flow follows the cursor, and is clicked", ["digits.py"], async (w) => {
  await w.openFile("digits.py");
  await w.squiggles(1);
  await w.goTo(13, 9);
  await w.command("Shapewise: Show Shape Flow");
  const flow = await w.webview(".shapewise-flow");
  await flow.waitForSelector('.title:has-text("Digits.forward")');
  const labels = await flow.$$eval(".label", (all) => all.map((label) => label.textContent));
  assert.deepStrictEqual(labels, [
    "images",
    "flatten(1)",
    "Linear(748, 128)",
    "relu",
    "Linear(128, 10)",
    "return",
  ]);
  assert.strictEqual(await flow.textContent(".failed-shape"), "(64, 784)");
  const red = await flow.$eval(".arrow.failed", (arrow) => getComputedStyle(arrow).stroke);
  assert.notStrictEqual(red, await flow.$eval(".arrow:not(.failed)", (a) => getComputedStyle(a).stroke));
  await w.goTo(20);
  await flow.waitForSelector('.label:has-text("Digits")');
  await w.goTo(12, 9);
  await flow.waitForSelector('.title:has-text("Digits.forward")');
  await flow.click('[data-node]:has-text("self.out")');
  await w.page.waitForSelector('.statusbar-item:has-text("Ln 14")');
});

learner("the inspector follows the cursor, filters, and is clicked", ["digits.py"], async (w) => {
  await w.openFile("digits.py");
  await w.squiggles(1);
  await w.command("Shapewise: Show Tensor Inspector");
  const inspector = await w.webview("#filter");
  const rows = () =>
    inspector.$$eval(".row", (all) => all.map((row) => row.querySelector(".head").innerText.replace(/\s+/g, " ")));
  await w.goTo(19, 3);
  await inspector.waitForSelector('.row.current:has-text("labels")');
  assert.deepStrictEqual(await rows(), ["images (64, 1, 28, 28) line 18", "labels (64,) line 19"]);
  const labels = await inspector.innerText(".row.current");
  assert.match(labels, /int64\s+cpu\s+torch\.randint\(10, \(64,\)\)/);
  await w.goTo(13, 9);
  await inspector.waitForSelector('.row .line:has-text("12")');
  assert.deepStrictEqual(await rows(), ["images (64, 1, 28, 28) line 11", "x (64, 784) line 12"]);
  await inspector.fill("#filter", "784");
  await inspector.waitForFunction(() => document.querySelectorAll(".row").length === 1);
  await inspector.fill("#filter", "no such tensor");
  await inspector.waitForSelector('#note:has-text("No tensor matches")');
  await inspector.fill("#filter", "");
  await inspector.click('.row:has-text("images") .origin');
  await w.page.waitForSelector('.statusbar-item:has-text("Ln 18")');
});

const newcomer = { settings: { "workbench.welcomePage.walkthroughs.openOnInstall": true } };

apart("the first start shows the walkthrough", ["digits.py"], newcomer, async (w) => {
  await w.openFile("digits.py");
  await w.page.waitForSelector('.getting-started-step:has-text("Open a program with a mistake")');
  await w.page.waitForSelector('.getting-started-step:has-text("Go on with a lesson")');
  await w.page.waitForSelector('.tab[data-resource-name="digits.py"]');
});

const saving = { settings: { "editor.codeActionsOnSave": { "source.fixAll.shapewise": "explicit" } } };

apart("what can be fixed safely is fixed on saving", ["view.py"], saving, async (w, folder) => {
  await w.openFile("view.py");
  await w.squiggles(1);
  // A file without changes is not saved.
  await w.goTo(5);
  await w.page.keyboard.type("other = torch.rand(4)");
  await w.seesLine("other(4,) = torch.rand(4)");
  await w.page.keyboard.press("Control+S");
  await onDisk(folder, "view.py", /row = pairs\.t\(\)\.reshape\(6\)/);
  await w.squiggles(0);
});

learner("a lesson is found, read, practised and answered", ["digits.py"], async (w, folder) => {
  await w.command("Shapewise: Show the Lessons");
  await w.treeItem("Tensors").waitFor();
  const concepts = await w.page.locator('.sidebar [role="treeitem"] .label-name').allTextContents();
  assert.deepStrictEqual(concepts.slice(0, 3), [
    "Tensors",
    "Calculating with tensors",
    "Changing shapes",
  ]);
  await w.treeItem("Calculating with tensors").click();
  await w.treeItem("Broadcasting").locator(".codicon-circle-large-outline").waitFor();
  await w.treeItem("Broadcasting").click();
  const page = await w.webview('#lesson h1:has-text("Broadcasting")');
  await w.page.waitForSelector('.tab:has-text("Broadcasting")');
  await page.waitForSelector('svg.shapes[aria-label="table (3, 4) + tall (3, 1) -> sum (3, 4)"] rect');
  await page.waitForSelector('.program .c1:has-text("# (8, 3, 5) float32")');
  await w.treeItem("Broadcasting").locator(".codicon-color-mode").waitFor();

  // A link leads to another lesson, and one at the end of it back.
  await page.click('.before a:has-text("Arithmetic")');
  await page.waitForSelector('h1:has-text("Arithmetic")');
  await page.click('nav a:has-text("Broadcasting")');
  await page.waitForSelector('h1:has-text("Broadcasting")');

  await page.click(".step:first-child button.hint");
  await page.waitForSelector('.step:first-child .hints li:has-text("has 4 numbers")');
  await page.click(".step:first-child button.hint");
  await page.waitForSelector('.step:first-child .hints li:has-text("It fits as it is")');
  await page.click("button.solution");
  await page.waitForSelector('.solved pre:has-text("by_day = table + days")');

  await page.click('.choice:has-text("(5, 1) and (1, 4)")');
  await page.waitForSelector('.choice.wrong, .verdict.wrong');
  await page.click('.choice:has-text("(5, 4) and (5,)")');
  await page.waitForSelector('.choice.right:has-text("(5, 4) and (5,)")');
  await page.fill(".shape input", "(24, 6)");
  await page.click(".shape button");
  await page.waitForSelector(".question.answered .verdict.right:has-text('Each hour meets each city')");

  // The exercise: its file opens beside the page, and corrects itself.
  await page.click("button.begin");
  await w.page.waitForSelector('.tab[data-resource-name="broadcasting.py"]');
  await onDisk(folder, "exercises/fundamentals/broadcasting.py", /by_city = \.\.\./);
  await w.seesLine("by_city = ...");
  for (const [line, answer] of [[14, "table + days"], [15, "table - cities.unsqueeze(1)"]]) {
    await w.goTo(line, line === 14 ? 10 : 11);
    await w.page.keyboard.press("Shift+End");
    await w.page.keyboard.type(answer);
  }
  await w.seesLine("by_city(3, 4) = table - cities.unsqueeze(1)");
  await page.waitForSelector('.exercise.passed .status:has-text("Solved")');
  await w.treeItem("Broadcasting").locator(".codicon-pass-filled").waitFor();
  const progress = path.join(folder, ".shapewise", "progress.json");
  const kept = JSON.parse(fs.readFileSync(progress, "utf8")).lessons["fundamentals/broadcasting"];
  assert.ok(kept.exercise.passed);

  await w.command("Shapewise: Hide the Lessons That Are Done");
  await w.treeItem("Broadcasting").waitFor({ state: "detached" });
  await w.treeItem("Transpose").waitFor();
  await w.command("Shapewise: Show All Lessons");
  await w.treeItem("Broadcasting").waitFor();
});

learner("a problem leads to its lesson, and a program of it is tried", ["digits.py"], async (w) => {
  await w.openFile("digits.py");
  await w.squiggles(1);
  await w.goTo(13, 33);
  await w.applyFix("Learn: Matrix multiplication");
  const page = await w.webview('#lesson h1:has-text("Matrix multiplication")');
  await w.page.waitForSelector('.tab[data-resource-name="digits.py"]');
  await page.hover(".program >> nth=0");
  await page.click(".program .try >> nth=0");
  await w.page.waitForSelector('.tab[data-resource-name="Untitled-1"]');
  await w.seesLine("total(2, 2) = amounts @ prices");
  await page.click('.text a:has-text("the two rules")');
  await page.waitForSelector('h1:has-text("The two rules of @")');
});

learner("the example of the walkthrough", [], async (w) => {
  await w.command("Shapewise: Your First Tensor");
  await w.page.waitForSelector('.getting-started-step:has-text("Open a program with a mistake")');
  await w.command("Shapewise: Open the Example Program");
  await w.seesLine("x(64, 784) = images.flatten(1)");
  await w.squiggles(1);
});

const stats = { settings: { "shapewise.tracing.stats": true } };

apart("a traced run shows what it saw", ["train.py"], stats, async (w) => {
  await w.openFile("train.py");
  await w.status("torch 2.");
  await w.command("Shapewise: Show Tensor Inspector");
  const inspector = await w.webview("#filter");
  await w.goTo(11, 5);
  assert.deepStrictEqual(await inspector.$$(".traced"), []);
  await w.command("Shapewise: Run and Trace This Program");
  await inspector.waitForSelector('.row:has-text("loss") .statistics');
  const rows = await inspector.$$eval(".row", (all) =>
    all.map((row) => row.innerText.replace(/\s+/g, " ")),
  );
  assert.strictEqual(rows.length, 3);
  assert.match(rows[0], /^table \(1, 4\) line 6 .*traced \(1, 4\) float32 cpu .*min 0\.5 max 3\.5 mean 2 NaN 0/);
  assert.match(rows[1], /^batch \(8, 4\) line 10 .*traced \(8, 4\) float32 cpu/);
  await w.seesLine("(1, 4) = torch.tensor(json.loads");
  await w.page.waitForSelector('.statusbar-item:has-text("train.py finished")');
  const hover = await w.hover("batch", "traced");
  assert.match(hover, /\(8, 4\) float32/);
  await w.awayFromHovers();
  await w.command("Shapewise: Forget the Traced Run");
  await inspector.waitForFunction(() => document.querySelectorAll(".traced").length === 0);
});

apart("a traced run is stopped", ["slow.py"], {}, async (w) => {
  await w.openFile("slow.py");
  await w.status("torch 2.");
  await w.command("Shapewise: Run and Trace This Program");
  await w.page.waitForSelector('.statusbar-item:has-text("Tracing slow.py")');
  await w.command("Shapewise: Stop the Traced Run");
  await w.page.waitForSelector('.statusbar-item:has-text("slow.py stopped")');
});

apart("Portuguese", ["digits.py"], { locale: "pt-br" }, async (w) => {
  await w.openFile("digits.py");
  await w.squiggles(1);
  assert.match(await w.hover("images", "float32", 1), /de torch\.rand\(64, 1, 28, 28\), linha 18/);
  await w.awayFromHovers();
  await w.goTo(13, 9);
  await w.command("Shapewise: Mostrar o fluxo de formas");
  const flow = await w.webview(".shapewise-flow");
  const reasons = await flow.$$eval(".reason", (all) => all.map((reason) => reason.textContent));
  assert.match(reasons.join(" "), /o último tamanho é 784/);
  await w.page.waitForSelector('.tab:has-text("Fluxo de formas: Digits.forward")');
  await w.command("Shapewise: Mostrar as lições");
  await w.treeItem("Contas com tensores").first().click();
  await w.treeItem("Multiplicação de matrizes").click();
  const lesson = await w.webview('#lesson h1:has-text("Multiplicação de matrizes")');
  await lesson.waitForSelector('button.begin:has-text("Começar o exercício")');
  await w.command("Shapewise: Mostrar o inspetor de tensores");
  const inspector = await w.webview("#filter[placeholder]");
  assert.strictEqual(await inspector.getAttribute("#filter", "placeholder"), "Filtrar tensores");
});

const marker = path.join(workspace(), "was-run");

/** A workspace that wants its own program run as the interpreter. */
function trap(folder) {
  const program = path.join(folder, ".venv", "bin", "python");
  fs.mkdirSync(path.dirname(program), { recursive: true });
  fs.writeFileSync(program, `#!/bin/sh\ntouch ${marker}\n`, { mode: 0o755 });
  fs.mkdirSync(path.join(folder, ".vscode"));
  const wanted = { "shapewise.python": program, "shapewise.server.python": program };
  fs.writeFileSync(path.join(folder, ".vscode", "settings.json"), JSON.stringify(wanted));
  fs.writeFileSync(path.join(folder, "pyproject.toml"), `[tool.shapewise]\npython = "${program}"\n`);
  const settings = {
    "security.workspace.trust.enabled": true,
    "security.workspace.trust.startupPrompt": "never",
    "security.workspace.trust.untrustedFiles": "open",
  };
  return { settings, trust: true };
}

apart("a restricted workspace is read, and nothing in it is run", ["digits.py"], trap, async (w) => {
  await w.page.waitForSelector('.statusbar-item:has-text("Restricted Mode")');
  await w.openFile("digits.py");
  await w.seesLine("x(64, 784) = images.flatten(1)");
  await w.squiggles(1);
  await w.status("torch 2.");
  assert(!fs.existsSync(marker), "an interpreter of the workspace was run");
  // A program is not traced: the palette has the log, but not that.
  const row = (text) => w.page.locator(".quick-input-list .monaco-list-row", { hasText: text });
  await w.page.keyboard.press("F1");
  await w.page.keyboard.type("Shapewise: Show the Log");
  await row("Show the Log").waitFor();
  await w.page.keyboard.press("Control+A");
  await w.page.keyboard.type(">Shapewise: Run and Trace");
  await row("Show the Log").waitFor({ state: "detached" });
  assert.strictEqual(await row("Run and Trace").count(), 0);
});

const nowhere = { python: "/nowhere/python3" };

apart("what is missing is offered", ["digits.py"], nowhere, async (w) => {
  await w.openFile("digits.py");
  await w.status("Install Shapewise");
  await w.page.waitForSelector('.notification-toast:has-text("Shapewise is not installed in")');
  await w.page.waitForSelector('.notification-toast .monaco-button:has-text("Install apart")');
});
