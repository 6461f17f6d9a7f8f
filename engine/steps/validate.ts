// validate: checks the payload against a JSON Schema; what does not fit is a failure.
import { type Schema, Validator } from '@cfworker/json-schema';
import { VrskyError } from '../diagnostics/vrsky-error.ts';
import { StepError, type StepType } from './contract.ts';

export interface ValidateConfig {
  readonly schema?: Schema | boolean;
}

/** Of the violations that the error names. */
const maxNamed = 5;

export const validate: StepType<ValidateConfig> = {
  type: 'validate',
  compile: ({ schema }) => {
    if (schema === undefined) throw new VrskyError('VRS8223', 'a validate step without `schema`');
    const draft = typeof schema === 'object' && /2020-12/.test(String(schema.$schema)) ? '2020-12' : '7';
    const validator = new Validator(schema as Schema, draft, false);
    return (message) => {
      const { valid, errors } = validator.validate(message.payload.value());
      if (valid) return { kind: 'pass', message };
      // Errors of a parent repeat those of its members; the deepest say what is wrong.
      const leaves = errors.filter(
        ({ keyword }) =>
          !['properties', 'items', 'allOf', 'anyOf', 'oneOf', '$ref', 'additionalProperties'].includes(
            keyword,
          ),
      );
      const named = (leaves.length > 0 ? leaves : errors)
        .slice(0, maxNamed)
        .map(({ instanceLocation, error }) => `${instanceLocation}: ${error}`);
      throw new StepError('VRS8224', `the payload does not fit the schema: ${named.join('; ')}`);
    };
  },
};
