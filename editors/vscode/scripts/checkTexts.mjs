// Fails where a text of the extension lacks its Portuguese, or a translation is of nothing.
import fs from "node:fs";
import path from "node:path";

const root = path.resolve(import.meta.dirname, "..");
const json = (name) => JSON.parse(fs.readFileSync(path.join(root, name), "utf8"));
const mistakes = [];

function compare(what, wanted, found) {
  for (const key of wanted) if (!found.has(key)) mistakes.push(`${what} lacks: ${key}`);
  for (const key of found) if (!wanted.has(key)) mistakes.push(`${what} has, but nothing uses: ${key}`);
}

const holes = (text) => (text.match(/\{\d+\}|\(command:[^)]*\)|`[^`]*`/g) ?? []).sort().join(" ");

const said = new Set();
for (const name of fs.readdirSync(path.join(root, "src"))) {
  if (!name.endsWith(".ts")) continue;
  const source = fs.readFileSync(path.join(root, "src", name), "utf8");
  for (const [, text] of source.matchAll(/\bt\(\s*("(?:[^"\\]|\\.)*")/g)) said.add(JSON.parse(text));
}
const bundle = json("l10n/bundle.l10n.pt-br.json");
compare("l10n/bundle.l10n.pt-br.json", said, new Set(Object.keys(bundle)));
for (const [text, translation] of Object.entries(bundle)) {
  if (holes(text) !== holes(translation)) mistakes.push(`other fields: ${text}`);
}

const english = json("package.nls.json");
const portuguese = json("package.nls.pt-br.json");
const manifest = fs.readFileSync(path.join(root, "package.json"), "utf8");
const used = new Set([...manifest.matchAll(/"%([\w.]+)%"/g)].map(([, key]) => key));
compare("package.nls.json", used, new Set(Object.keys(english)));
compare("package.nls.pt-br.json", used, new Set(Object.keys(portuguese)));
for (const [key, text] of Object.entries(english)) {
  if (holes(text) !== holes(portuguese[key] ?? "")) mistakes.push(`other fields: ${key}`);
}

for (const mistake of mistakes) console.error(mistake);
process.exit(mistakes.length > 0 ? 1 : 0);
