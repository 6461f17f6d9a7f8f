// Record formats for connectors that read streams of bytes; apart from the SDK's index, so that only they load the parser.

export type { CsvOptions } from '../format/csv/csv-options.ts';
export { type CsvRecord, csvRecords } from '../format/csv/parse-csv.ts';
