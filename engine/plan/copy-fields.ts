// Copies single fields between two versions of a spec, by the paths that plans use.

/** `spec` with these fields as `from` has them; one that `from` lacks goes. Paths that neither knows are passed over. */
export function copyFields<Spec extends object>(spec: Spec, from: Spec, paths: readonly string[]): Spec {
  let copy = { ...spec } as Record<string, unknown>;
  for (const path of paths) {
    // Metadata has names with dots in them; nothing is nested deeper.
    const [name, inner] = splitOnce(path);
    const source = (from as Record<string, unknown>)[name];
    if (inner === undefined) copy = put(copy, name, source);
    else {
      const members = put(
        (copy[name] ?? {}) as object,
        inner,
        ((source ?? {}) as Record<string, unknown>)[inner],
      );
      copy = { ...copy, [name]: members };
    }
  }
  return copy as Spec;
}

function put(target: object, name: string, value: unknown): Record<string, unknown> {
  const { [name]: _before, ...rest } = target as Record<string, unknown>;
  return value === undefined ? rest : { ...rest, [name]: value };
}

function splitOnce(path: string): readonly [string, string | undefined] {
  const dot = path.indexOf('.');
  return dot < 0 ? [path, undefined] : [path.slice(0, dot), path.slice(dot + 1)];
}
