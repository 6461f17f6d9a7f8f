// Every step type by its name in manifests.
import type { StepType } from './contract.ts';
import { convert } from './convert.ts';
import { dedupe } from './dedupe.ts';
import { enrich } from './enrich.ts';
import { filter } from './filter.ts';
import { gunzip, gzip } from './gzip.ts';
import { map } from './map.ts';
import { route } from './route.ts';
import { set } from './set.ts';
import { split } from './split.ts';
import { validate } from './validate.ts';
import { aggregate, delay, throttle } from './waiting.ts';

/** Configurations are checked against the step's schema before they get here. */
export const stepTypes = {
  aggregate,
  convert,
  dedupe,
  delay,
  enrich,
  filter,
  gunzip,
  gzip,
  map,
  route,
  set,
  split,
  throttle,
  validate,
} as unknown as Readonly<Record<string, StepType<unknown>>>;
