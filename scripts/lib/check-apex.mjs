// Has a real Apex parser read every class and trigger of the Salesforce set-up package. It knows the grammar, not the types: only an
// org compiles.
import { createRequire } from "node:module";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "../..");
const { ApexErrorListener, ApexParserFactory } = createRequire(join(root, "end2end/package.json"))("@apexdevtools/apex-parser");

class Faults extends ApexErrorListener {
  found = [];

  apexSyntaxError(line, column, message) {
    this.found.push(`${line}:${column + 1} ${message.slice(0, 200)}`);
  }
}

function faults(path) {
  const listener = new Faults();
  const { parser } = ApexParserFactory.createLexerAndParser(readFileSync(path, "utf8"), listener);
  path.endsWith(".trigger") ? parser.triggerUnit() : parser.compilationUnit();
  return listener.found.map((fault) => `${path}:${fault}`);
}

const folder = join(root, "src/connectors/salesforce/package/project");
const paths = readdirSync(folder, { recursive: true }).filter((path) => /\.(cls|trigger)$/.test(path));
const found = paths.flatMap((path) => faults(join(folder, path)));
found.forEach((fault) => console.error(fault));
console.log(`${paths.length} Apex files read, ${found.length} faults`);
process.exitCode = found.length > 0 || paths.length === 0 ? 1 : 0;
