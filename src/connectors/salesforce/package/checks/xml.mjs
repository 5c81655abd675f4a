// Validates every XML file of a generated package against the types of the Metadata API: known elements, cardinality, value
// types, required elements. The types come from the WSDL in jsforce. Newer types come from shapes.mjs.
//
//   node xml.mjs FOLDER
import jsforce from '@jsforce/jsforce-node/lib/api/metadata/schema.js';
import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { FILE_TYPES, NEWER, VALUES } from './shapes.mjs';

const NAMESPACE = 'http://soap.sforce.com/2006/04/metadata';
const SHAPES = { ...jsforce.ApiSchemas, ...NEWER };
const parser = new XMLParser({ preserveOrder: true, ignoreAttributes: false, parseTagValue: false, trimValues: true });

/** Elements of a type, including the elements that the type inherits. */
function properties(type) {
    const shape = SHAPES[type];
    return shape.extends ? { ...properties(shape.extends), ...shape.props } : shape.props;
}

const nameOf = (node) => Object.keys(node).find((key) => key !== ':@');
const elements = (nodes) => nodes.filter((node) => nameOf(node) !== '#text');
const textOf = (nodes) => nodes.map((node) => node['#text'] ?? '').join('');

function valueFault(kind, key, text) {
    const isRight = { boolean: /^(true|false)$/, number: /^\d+(\.\d+)?$/ }[kind]?.test(text) ?? true;
    const allowed = VALUES[key];
    return isRight && (!allowed || allowed.includes(text)) ? [] : [`${key} cannot be “${text}”`];
}

/** Lists the errors in the children of an element of this type. */
function faults(type, nodes) {
    const known = properties(type);
    const children = elements(nodes);
    const found = children.flatMap((node) => childFaults(type, known, nameOf(node), node));
    for (const [name, kind] of Object.entries(known)) {
        const count = children.filter((node) => nameOf(node) === name).length;
        if (!Array.isArray(kind) && count > 1) {
            found.push(`${type}.${name} is there ${count} times`);
        }
        if (typeof kind === 'string' && !kind.startsWith('?') && count === 0) {
            found.push(`${type}.${name} is missing`);
        }
    }
    return found;
}

function childFaults(type, known, name, node) {
    if (!(name in known)) {
        return [`${type} has no element ${name}`];
    }
    const kind = [known[name]].flat()[0].replace('?', '');
    if (kind in SHAPES) {
        return faults(kind, node[name]);
    }
    const isMarkup = elements(node[name]).length > 0;
    return isMarkup ? [`${type}.${name} must be a text`] : valueFault(kind, `${type}.${name}`, textOf(node[name]));
}

function fileFaults(path, text) {
    const [, type] = FILE_TYPES.find(([pattern]) => pattern.test(path)) ?? [];
    if (!type) {
        return ['no kind of metadata is kept at such a path'];
    }
    const validity = XMLValidator.validate(text);
    if (validity !== true) {
        return [validity.err.msg];
    }
    const root = elements(parser.parse(text)).find((node) => nameOf(node) !== '?xml');
    if (nameOf(root) !== type || root[':@']?.['@_xmlns'] !== NAMESPACE) {
        return [`the root is not a ${type} of ${NAMESPACE}`];
    }
    return faults(type, root[type]);
}

const folder = process.argv[2];
const paths = readdirSync(folder, { recursive: true }).filter((path) => path.endsWith('.xml'));
const found = paths.flatMap((path) =>
    fileFaults(path, readFileSync(join(folder, path), 'utf8')).map((fault) => `${path}: ${fault}`)
);
found.forEach((fault) => console.error(fault));
console.log(`${paths.length} XML files read, ${found.length} faults`);
process.exitCode = found.length > 0 || paths.length < 30 ? 1 : 0;
