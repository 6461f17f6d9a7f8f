// Keeps what texts came to: the same expressions are asked for again by the next check, and whenever a flow starts anew.

/** Characters of the texts that are remembered, and what each counts beside its own: about a megabyte of compiled expressions. */
const maxCharacters = 65_536;
const perText = 100;

/** The same function with a memory of the texts that it was asked for last. What it makes must be free of state. */
export function kept<Value extends object>(make: (source: string) => Value): (source: string) => Value {
  const known = new Map<string, Value>();
  let characters = 0;
  return (source) => {
    const before = known.get(source);
    if (before !== undefined) {
      known.delete(source);
      known.set(source, before);
      return before;
    }
    const value = make(source);
    known.set(source, value);
    characters += source.length + perText;
    for (const oldest of known.keys()) {
      if (characters <= maxCharacters) break;
      known.delete(oldest);
      characters -= oldest.length + perText;
    }
    return value;
  };
}
