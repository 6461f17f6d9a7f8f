// The option that says where the disk store of large payloads is.
import path from 'node:path';
import { Option } from 'commander';

export const payloadsOption = () =>
  new Option('--payloads <dir>', 'where large payloads are kept while in transit; one folder for all workers')
    .env('VRSKY_PAYLOADS')
    .default(path.join('.vrsky', 'payloads'));
