// Uses the native executable of Prettier's Apex parser, so that Java is not required.
import * as apex from 'prettier-plugin-apex';

export default {
    printWidth: 130,
    tabWidth: 4,
    singleQuote: true,
    trailingComma: 'none',
    plugins: [apex],
    overrides: [
        { files: '*.json', options: { tabWidth: 2 } },
        // Turned off because Prettier would parse event handlers in templates as JavaScript.
        { files: '*.html', options: { parser: 'lwc', embeddedLanguageFormatting: 'off' } }
    ]
};
