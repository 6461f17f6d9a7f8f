// Texts of log lines that are put together only when somebody reads them.

/** What a line says. As a function it is only asked for when lines of the level are written. */
export type LogText = string | (() => string);

export function logText(text: LogText): string {
  return typeof text === 'string' ? text : text();
}
