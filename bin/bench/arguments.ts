// What every case of the bench understands beside its own settings: --json, --help, --profile DIR.
import path from 'node:path';
import { parseArgs } from 'node:util';

/** The settings by name, with the defaults of the case; undefined when only the usage was asked for (and is printed). */
export function readArguments<Name extends string>(
  argv: readonly string[],
  defaults: Readonly<Record<Name, string>>,
  usage: string,
): (Readonly<Record<Name, string>> & { readonly json: boolean }) | undefined {
  const own = Object.entries<string>(defaults).map(([name, value]) => [
    name,
    { type: 'string', default: value },
  ]);
  const { values } = parseArgs({
    args: [...argv],
    options: {
      ...(Object.fromEntries(own) as Record<string, { type: 'string'; default: string }>),
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
      profile: { type: 'string' },
    },
  });
  if (values.help === true) {
    process.stdout.write(`${usage}\n`);
    return undefined;
  }
  const { profile } = values;
  // Engines and bare programs leave their profiles there; the developer tools of a browser open them.
  if (typeof profile === 'string')
    process.env.NODE_OPTIONS = `--cpu-prof --cpu-prof-dir=${path.resolve(profile)}`;
  return values as unknown as Readonly<Record<Name, string>> & { readonly json: boolean };
}
