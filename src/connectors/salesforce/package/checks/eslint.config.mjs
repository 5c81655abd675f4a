// ESLint rules from Salesforce for Lightning web components. Paths are relative to the parent folder, where ESLint runs.
import lwc from '@salesforce/eslint-config-lwc';

const PANEL = 'project/**/lwc/**/*.js';
const TESTS = 'checks/lwc/**/*.js';

export default [
    { ignores: ['**/node_modules/**'] },
    ...lwc.configs.recommended.map((rules) => ({ ...rules, files: [PANEL, TESTS] })),
    ...lwc.configs.i18n.map((rules) => ({ ...rules, files: [PANEL] })),
    { files: [TESTS], languageOptions: { globals: { process: 'readonly', require: 'readonly' } } },
    { linterOptions: { reportUnusedDisableDirectives: 'error' } }
];
