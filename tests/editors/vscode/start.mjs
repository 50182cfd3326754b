// See start.sh.
import path from "node:path";
import { codeServer } from "./lib/servers.mjs";
import { workspace } from "./lib/places.mjs";

const folder = path.resolve(process.argv[2] ?? workspace("digits.py", "lesson.ipynb"));
const port = Number(process.argv[3] ?? 8765);
const server = await codeServer({ folder, port, name: "start" });
console.log(`VS Code is at ${server.url}?folder=${encodeURIComponent(folder)}\nCtrl-C ends it.`);
const end = async () => {
  await server.stop();
  process.exit(0);
};
process.on("SIGINT", end);
process.on("SIGTERM", end);
