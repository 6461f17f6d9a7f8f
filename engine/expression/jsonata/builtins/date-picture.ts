// Whether a date is read in linear time by what the package makes of its picture: a regular expression that ignores case, which only backtracking can match.

/**
 * Digits and names end where the text between them begins. `[YI][MI][DI]` and the like, which could divide a text among themselves in
 * many ways, are not among these.
 */
const ORDINARY =
  /^[^[\]]*(?:\[[YMDdHhmsf]\d*\](?:[^[\]\d][^[\]]*|(?=\[Z)|$)|\[(?:[MF](?:Nn|N|n)|[FP]n?)\](?:[^[\]A-Za-z][^[\]]*|$)|\[Z\d*\]$)*$/;

/** Divided among as many parts as there may be in microseconds. */
const SHORT = 12;

export function isQuicklyRead([text, picture]: readonly unknown[]): boolean {
  if (typeof text !== 'string' || typeof picture !== 'string') return true;
  return text.length <= SHORT || ORDINARY.test(picture);
}
