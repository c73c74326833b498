import { writeFileSync } from 'node:fs';
import { openApiText } from './openapi.js';

// `npm run openapi`: writes the document to the file that is named, or prints it.
const [file] = process.argv.slice(2);
if (file === undefined) process.stdout.write(openApiText());
else writeFileSync(file, openApiText());
