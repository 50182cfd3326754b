// Drives VS Code's workbench in Chromium.
import path from "node:path";
import { chromium as driver } from "playwright-core";
import { chromium, RESULTS } from "./places.mjs";

const FLAGS = [
  "--no-sandbox",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--disable-default-apps",
  "--no-first-run",
  "--disable-domain-reliability",
  "--disable-client-side-phishing-detection",
  "--disable-features=OptimizationHints,MediaRouter,Translate,NetworkTimeServiceQuerying",
  "--metrics-recording-only",
  "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
];
const SECONDS = 30_000;

export class Workbench {
  static async open(url, { width = 1280, height = 800, query = "", prepare } = {}) {
    const browser = await driver.launch({ executablePath: chromium(), headless: true, args: FLAGS });
    const context = await browser.newContext({ viewport: { width, height } });
    await context.grantPermissions(["clipboard-read", "clipboard-write"]);
    const page = await context.newPage();
    page.setDefaultTimeout(SECONDS);
    await prepare?.(page);
    await page.goto(url + query);
    await page.waitForSelector(".monaco-workbench .part.statusbar", { timeout: 60_000 });
    return new Workbench(browser, page);
  }

  constructor(browser, page) {
    this.browser = browser;
    this.page = page;
  }

  close() {
    return this.browser.close();
  }

  /** A picture of the whole window, in the results or in another folder. */
  shot(name, folder = RESULTS) {
    return this.page.screenshot({ path: path.join(folder, `${name}.png`) });
  }

  /** Runs a command through the palette; one that asks leaves a list open. */
  async command(name, { asks = false } = {}) {
    const { page } = this;
    for (let attempt = 1; ; attempt++) {
      // A window that is still starting can take the focus away from the palette.
      await page.keyboard.press("F1");
      try {
        await page.waitForSelector(".quick-input-widget input", { state: "visible", timeout: 5000 });
        await page.keyboard.type(name);
        const row = `.quick-input-list .monaco-list-row.focused:has-text("${name}")`;
        await page.waitForSelector(row, { timeout: 5000 });
        break;
      } catch (error) {
        if (attempt === 4) throw error;
        await page.keyboard.press("Escape");
      }
    }
    await page.keyboard.press("Enter");
    if (!asks) await page.waitForSelector(".quick-input-widget", { state: "hidden" });
  }

  async openFile(file) {
    const { page } = this;
    await page.keyboard.press("Control+P");
    await page.waitForSelector(".quick-input-widget input", { state: "visible" });
    await page.keyboard.type(file);
    await page.waitForSelector(`.quick-input-list .monaco-list-row.focused:has-text("${file}")`);
    await page.keyboard.press("Enter");
    await page.waitForSelector(`.tab[data-resource-name="${file}"]`);
  }

  /** Puts the cursor somewhere, counted from 1. */
  async goTo(line, column = 1) {
    const { page } = this;
    await page.locator(".editor-group-container.active .monaco-editor .view-lines").first().click();
    await page.keyboard.press("Control+G");
    await page.waitForSelector(".quick-input-widget input", { state: "visible" });
    await page.keyboard.type(`${line}:${column}`);
    await page.keyboard.press("Enter");
    await page.waitForSelector(".quick-input-widget", { state: "hidden" });
  }

  /** The lines of the active editor, with the inlay hints. */
  text() {
    return this.page.$$eval(".editor-group-container.active .view-lines .view-line", (lines) =>
      lines
        .sort((a, b) => parseInt(a.style.top) - parseInt(b.style.top))
        .map((line) => line.textContent.replace(/\u00a0/g, " ")),
    );
  }

  /** Waits until a line of any editor or cell contains a text. */
  async seesLine(text, timeout = SECONDS) {
    await this.page.waitForFunction(
      (wanted) =>
        [...document.querySelectorAll(".view-lines .view-line")].some((line) =>
          line.textContent.replace(/\u00a0/g, " ").includes(wanted),
        ),
      text,
      { timeout },
    );
  }

  async squiggles(count = 1, timeout = SECONDS) {
    await this.page.waitForFunction(
      (wanted) => document.querySelectorAll(".squiggly-error, .squiggly-warning").length === wanted,
      count,
      { timeout },
    );
  }

  /** The innermost span of a token: the outer one covers the whole line. */
  word(text, nth = 0) {
    const escaped = text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
    return this.page
      .locator(".view-line span span", { hasText: new RegExp(`^\\s*${escaped}\\s*$`) })
      .nth(nth);
  }

  /** Rests the mouse on a token until a hover with a text is there; its text. */
  hover(word, wanted, nth = 0) {
    return this.hoverOn(this.word(word, nth), wanted);
  }

  /**
   * Rests the mouse on the middle of something until a hover with a text is there; its text.
   * The text can move away under the mouse while hints and lenses come: then once more.
   */
  async hoverOn(target, wanted) {
    const { page } = this;
    for (let attempt = 1; ; attempt++) {
      await this.awayFromHovers();
      const box = await target.boundingBox();
      await page.mouse.move(box.x + box.width / 2 - 3, box.y + box.height / 2);
      await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2, { steps: 4 });
      try {
        const found = await page.waitForFunction(
          (text) =>
            [...document.querySelectorAll(".monaco-hover")]
              .map((hover) => hover.textContent)
              .find((content) => content.includes(text)),
          wanted,
          { timeout: 10_000 },
        );
        await page.waitForTimeout(400);
        return await found.jsonValue();
      } catch (error) {
        if (attempt === 3) throw error;
      }
    }
  }

  async awayFromHovers() {
    await this.page.keyboard.press("Escape");
    await this.page.mouse.move(1000, 700);
    await this.page.waitForTimeout(500);
  }

  /** Opens the quick fixes at the cursor; a first press can be lost while a hover is drawn. */
  async quickFix(title) {
    const { page } = this;
    await page.mouse.move(1000, 700);
    for (let attempt = 1; ; attempt++) {
      await page.keyboard.press("Control+.");
      try {
        await page.waitForSelector(`.action-widget:has-text("${title}")`, { timeout: 3000 });
        return;
      } catch (error) {
        if (attempt === 4) throw error;
        await page.keyboard.press("Escape");
      }
    }
  }

  /** Chooses one of the quick fixes at the cursor, by the beginning of its title. */
  async applyFix(title) {
    await this.quickFix(title);
    await this.page.locator(".action-widget .monaco-list-row", { hasText: title }).first().click();
    await this.page.waitForSelector(".action-widget", { state: "hidden" });
  }

  /** A line of the tree in the side bar, by its label. */
  treeItem(label) {
    const name = this.page.locator(".label-name", { hasText: new RegExp(`^${label}$`) });
    return this.page.locator('.sidebar [role="treeitem"]').filter({ has: name });
  }

  /** The text of the status bar's item, once it contains a text. */
  async status(wanted, timeout = SECONDS) {
    const found = await this.page.waitForFunction(
      (text) =>
        [...document.querySelectorAll('[id="shapewise.shapewise.status"]')]
          .map((item) => item.textContent)
          .find((content) => content.includes(text)),
      wanted,
      { timeout },
    );
    return found.jsonValue();
  }

  /** The document inside a webview that has an element. */
  async webview(selector, timeout = SECONDS) {
    const end = Date.now() + timeout;
    for (;;) {
      for (const frame of this.page.frames()) {
        if (frame === this.page.mainFrame()) continue;
        try {
          if (await frame.$(selector)) return frame;
        } catch {} // The frame was replaced while it was asked.
      }
      if (Date.now() > end) throw new Error(`no webview has ${selector}`);
      await this.page.waitForTimeout(50);
    }
  }
}
