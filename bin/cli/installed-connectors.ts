// Finds the connectors of further packages: dependencies of the project here whose package.json says that they bring some.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Connector } from '../../engine/connector/index.ts';
import { VrskyError } from '../../engine/diagnostics/vrsky-error.ts';
import {
  builtinSchemas,
  connectorSchemaId,
  type JsonSchema,
  type SchemaSet,
  withConnectors,
} from '../../engine/manifest/schema-set.ts';

/** A connector that does not come with this package. */
export interface InstalledConnector {
  readonly id: string;
  readonly schema: JsonSchema;
  /** The package that brings it, and its module with `export const connector`. */
  readonly package: string;
  readonly module: string;
}

interface PackageManifest {
  readonly name?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  /** `"vrsky": { "connectors": { "sqlite": { "schema": "./sqlite.schema.json", "module": "./connector.js" } } }` */
  readonly vrsky?: {
    readonly connectors?: Readonly<Record<string, { readonly schema: string; readonly module: string }>>;
  };
}

/**
 * Those that the nearest package.json above a directory depends on: what somebody else's dependency brings along is not meant. Throws
 * VRS8008 when a package says something about connectors that does not hold.
 */
export function installedConnectors(directory = process.cwd()): readonly InstalledConnector[] {
  const project = nearest(directory, 'package.json');
  if (project === undefined) return [];
  const { dependencies, devDependencies, optionalDependencies } = project.manifest;
  const names = Object.keys({ ...dependencies, ...devDependencies, ...optionalDependencies }).toSorted();
  return names.flatMap((name) => {
    const found = nearest(path.dirname(project.file), path.join('node_modules', name, 'package.json'));
    return found === undefined ? [] : connectorsOf(found);
  });
}

let schemas: SchemaSet | undefined;

/** The schemas of manifests with those of the connectors that are installed where this process runs; read once. */
export function installedSchemas(): SchemaSet {
  schemas ??= withConnectors(builtinSchemas(), installedConnectors());
  return schemas;
}

/** Loads a connector by the `type` of manifests; undefined when no package brings it. */
export async function loadInstalled(type: string): Promise<Connector | undefined> {
  const found = installedConnectors().find(({ id }) => id === type);
  if (found === undefined) return undefined;
  const { connector } = (await import(pathToFileURL(found.module).href)) as {
    readonly connector?: Connector;
  };
  if (connector?.id !== type)
    throw unusable(found.package, type, `${found.module} exports no \`connector\` with this id`);
  return connector;
}

function connectorsOf({ file, manifest }: Found): readonly InstalledConnector[] {
  const { name = path.dirname(file), vrsky } = manifest;
  const folder = path.dirname(file);
  return Object.entries(vrsky?.connectors ?? {}).map(([id, { schema, module }]) => {
    if (typeof schema !== 'string' || typeof module !== 'string')
      throw unusable(name, id, 'its entry needs `schema` and `module`');
    if (builtinSchemas().schemas.has(connectorSchemaId(id)))
      throw unusable(name, id, 'a connector with this id comes with vrsky');
    return {
      id,
      package: name,
      module: path.join(folder, module),
      schema: readSchema(path.join(folder, schema), name, id),
    };
  });
}

function readSchema(file: string, name: string, id: string): JsonSchema {
  const found = readJson(file) as JsonSchema | undefined;
  if (typeof found?.definitions !== 'object')
    throw unusable(name, id, `${file} is no schema with definitions`);
  return found;
}

/** Undefined when there is no such file, or no JSON in it. */
function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

interface Found {
  readonly file: string;
  readonly manifest: PackageManifest;
}

/** The file in the directory or in the nearest one above it that has it. */
function nearest(directory: string, name: string): Found | undefined {
  for (let at = path.resolve(directory); ; at = path.dirname(at)) {
    const file = path.join(at, name);
    const manifest = readJson(file);
    if (typeof manifest === 'object' && manifest !== null) return { file, manifest };
    if (path.dirname(at) === at) return undefined;
  }
}

function unusable(name: string, id: string, why: string): VrskyError {
  return new VrskyError('VRS8008', `the connector ${id} of the package ${name} cannot be used: ${why}`, {
    help: 'docs/guide/connectors.md says what a package has to bring.',
  });
}
