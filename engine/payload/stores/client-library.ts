// Loads the client libraries of object stores when they are first needed: they are optional.
import { VrskyError } from '../../diagnostics/vrsky-error.ts';

/** Throws VRS8506 naming the package when it is not installed. */
export async function clientLibrary<T>(name: string, load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw cause;
    throw new VrskyError('VRS8506', `the package ${name} is needed for this, and not installed`, {
      help: `Install it beside the engine: npm install ${name}`,
      cause,
    });
  }
}
