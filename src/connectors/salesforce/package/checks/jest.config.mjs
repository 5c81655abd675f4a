// The panel's tests. They stay here because whoever deploys the package has no use for them.
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
