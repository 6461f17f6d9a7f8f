// How deep in the syntax tree of its function a node stands: what depth the package counts there.

let nesting = 0;

/** Evaluations under way in the function being compiled. */
export function nestingHere(): number {
  return nesting;
}

/** Compiles one node inside another. */
export function nested<Result>(compile: () => Result): Result {
  nesting += 1;
  try {
    return compile();
  } finally {
    nesting -= 1;
  }
}

/** Compiles the body of a function: it counts from where it is called. */
export function fromZero<Result>(compile: () => Result): Result {
  const outer = nesting;
  nesting = 0;
  try {
    return compile();
  } finally {
    nesting = outer;
  }
}
