// Which content types a consumer takes.

/** Takes `application/json` as written and `application/*` for all its kin, whatever parameters follow. All when the list is absent. */
export function compileTypeList(
  types: readonly string[] | undefined,
): (contentType: string | undefined) => boolean {
  if (types === undefined) return () => true;
  const exact = new Set(types.map((type) => type.toLowerCase()));
  return (contentType) => {
    const type = contentType?.split(';', 1)[0]?.trim().toLowerCase() ?? '';
    return exact.has(type) || exact.has(`${type.split('/', 1)[0]}/*`) || exact.has('*/*');
  };
}
