// Runs the tests of the panel. These tests are not part of the package.
import lwcJest from '@salesforce/sfdx-lwc-jest/config.js';

export default {
    ...lwcJest.jestConfig,
    rootDir: '..',
    roots: ['<rootDir>/checks/lwc', '<rootDir>/project'],
    collectCoverage: true,
    collectCoverageFrom: ['project/**/lwc/**/*.js'],
    coverageReporters: ['text'],
    coverageThreshold: { global: { lines: 100, branches: 100 } }
};
