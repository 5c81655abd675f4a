// Prettier has Salesforce's own Apex parser as a native program, so no Java is needed.
import * as apex from 'prettier-plugin-apex';

export default {
    printWidth: 130,
    tabWidth: 4,
    singleQuote: true,
    trailingComma: 'none',
    plugins: [apex],
    overrides: [
        { files: '*.json', options: { tabWidth: 2 } },
        // Prettier would read the handlers of events as JavaScript.
        { files: '*.html', options: { parser: 'lwc', embeddedLanguageFormatting: 'off' } }
    ]
};
