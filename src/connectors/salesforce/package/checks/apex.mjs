// Parses every class and trigger, and checks that the names they use exist: members of the package's classes, and the package's
// objects and fields. Types and classes of Salesforce are not checked.
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

/** Removes comments and replaces strings by empty ones, because both can contain names. */
const code = (text) => text.replace(/'(?:\\.|[^'\\])*'|\/\*[\s\S]*?\*\/|\/\/.*/g, (part) => (part.startsWith("'") ? "''" : ''));

/** Names of a class's members: declarations with an access modifier, and constants of triggers. */
function members(text) {
    const declared = /\b(?:public|private|global)\s[^;={(]*?(\w+)\s*(?=[;={(])/g;
    return new Set([...code(text).matchAll(declared)].map(([, name]) => name));
}

const classes = new Map(apex.map(([path, text]) => [basename(path, '.cls'), members(text)]));
const ownNames = new Set(paths.flatMap((path) => path.match(/\w+__(?:c|mdt)(?=$|\.field-meta\.xml$)/g) ?? []));

function unknownNames([path, text]) {
    const uses = [...code(text).matchAll(/\b(LexiContract[A-Z]\w*)\.(\w+)/g)].filter(
        ([, name, member]) => member !== 'class' && !classes.get(name)?.has(member)
    );
    const names = [...code(text).matchAll(/\b\w+__(?:c|mdt)\b/g)].filter(([name]) => !ownNames.has(name));
    return [...uses, ...names].map(([use]) => `${path}: ${use} is not there`);
}

const found = apex.flatMap((file) => [...syntaxFaults(file), ...unknownNames(file)]);
found.forEach((fault) => console.error(fault));
console.log(`${apex.length} Apex files read, ${found.length} faults`);
process.exitCode = found.length > 0 || apex.length === 0 ? 1 : 0;
