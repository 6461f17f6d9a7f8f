// The CSV libraries, loaded with the first CSV: most flows have none, and every command would wait for them.
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

export const csvParse = (): typeof import('csv-parse') => require('csv-parse');
export const csvStringify = (): typeof import('csv-stringify/sync') => require('csv-stringify/sync');
