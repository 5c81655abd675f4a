// Reads every class and trigger with a parser, then looks whether the names they use are there: members of our own classes, and our
// own objects and fields. What only an org knows (types, Salesforce's own classes) stays unchecked.
import { ApexErrorListener, ApexParserFactory } from '@apexdevtools/apex-parser';
import { readFileSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';

const PROJECT = join(import.meta.dirname, '../project');
const paths = readdirSync(PROJECT, { recursive: true });
const apex = paths
    .filter((path) => /\.(cls|trigger)$/.test(path))
    .map((path) => [path, readFileSync(join(PROJECT, path), 'utf8')]);

class Faults extends ApexErrorListener {
    found = [];

    apexSyntaxError(line, column, message) {
        this.found.push(`${line}:${column + 1} ${message.slice(0, 200)}`);
    }
}

function syntaxFaults([path, text]) {
    const listener = new Faults();
    const { parser } = ApexParserFactory.createLexerAndParser(text, listener);
    path.endsWith('.trigger') ? parser.triggerUnit() : parser.compilationUnit();
    return listener.found.map((fault) => `${path}:${fault}`);
}

/** Comments and texts say names, too, but use none. */
const code = (text) => text.replace(/'(?:\\.|[^'\\])*'|\/\*[\s\S]*?\*\/|\/\/.*/g, (part) => (part.startsWith("'") ? "''" : ''));

/** What may stand after the dot: members declared with an access word, and the constants of triggers. */
function members(text) {
    const declared = /\b(?:public|private|global)\s[^;={(]*?(\w+)\s*(?=[;={(])/g;
    return new Set([...code(text).matchAll(declared)].map(([, name]) => name));
}

const classes = new Map(apex.map(([path, text]) => [basename(path, '.cls'), members(text)]));
const ownNames = new Set(paths.flatMap((path) => path.match(/\w+__(?:c|mdt)(?=$|\.field-meta\.xml$)/g) ?? []));

function unknownNames([path, text]) {
    const uses = [...code(text).matchAll(/\b(LexiContract[A-Z]\w*)\.(\w+)/g)].filter(
        ([, name, member]) => !classes.get(name)?.has(member)
    );
    const names = [...code(text).matchAll(/\b\w+__(?:c|mdt)\b/g)].filter(([name]) => !ownNames.has(name));
    return [...uses, ...names].map(([use]) => `${path}: ${use} is not there`);
}

const found = apex.flatMap((file) => [...syntaxFaults(file), ...unknownNames(file)]);
found.forEach((fault) => console.error(fault));
console.log(`${apex.length} Apex files read, ${found.length} faults`);
process.exitCode = found.length > 0 || apex.length === 0 ? 1 : 0;
