// One thing that may be written at the cursor.

export interface Proposal {
  readonly kind: 'name' | 'function' | 'variable' | 'field';
  /** What is written. */
  readonly label: string;
  readonly detail?: string;
  /** Markdown. */
  readonly about?: string;
  /** How many characters before the cursor it takes the place of. */
  readonly replaces: number;
}
