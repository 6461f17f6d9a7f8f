// Values as YAML that people read: block style, long texts as block scalars.
import { stringify } from 'yaml';

export function stringifyYaml(value: unknown): string {
  return stringify(value, { lineWidth: 0 });
}
