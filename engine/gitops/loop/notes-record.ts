// The notes of a source as they stand in the cluster: read once, written when they changed, and never over somebody else's.
import type { Deployment } from '../../apply/deployment.ts';
import { canonicalJson } from '../../compile/canonical-json.ts';
import { VrskyError } from '../../diagnostics/vrsky-error.ts';
import { emptyNotes, type Notes, readNotes } from './notes.ts';

export class NotesRecord {
  readonly #deployment: Deployment;
  readonly #name: string;
  #revision: number;
  notes: Notes;

  private constructor(deployment: Deployment, name: string, notes: Notes, revision: number) {
    this.#deployment = deployment;
    this.#name = name;
    this.#revision = revision;
    this.notes = notes;
  }

  static async open(deployment: Deployment, name: string): Promise<NotesRecord> {
    const entry = await deployment.notes.get(name);
    const notes = entry === undefined ? emptyNotes : readNotes(entry.value);
    return new NotesRecord(deployment, name, notes, entry?.revision ?? 0);
  }

  /** Nothing is written when nothing changed. Throws VRS6002 when somebody else wrote meanwhile: then somebody else leads. */
  async write(notes: Notes): Promise<void> {
    if (canonicalJson(notes) === canonicalJson(this.notes) && this.#revision !== 0) return;
    if (!(await this.#deployment.notes.put(this.#name, notes, this.#revision)))
      throw new VrskyError('VRS6002', `somebody else reconciles ${this.#name} at the same time`, {
        retryable: true,
      });
    this.#revision = (await this.#deployment.notes.get(this.#name))?.revision ?? 0;
    this.notes = notes;
  }
}
