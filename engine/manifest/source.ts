// A text that may hold manifests, with the name under which the user knows it.

/** `file` is as the user named it (relative stays relative), `<stdin>` for standard input. */
export interface Source {
  readonly file: string;
  readonly text: string;
}

/** Bounds that keep hostile input from costing time or memory. */
export interface SourceLimits {
  /** Bytes per file. */
  readonly maxBytes: number;
  /** Mappings and lists inside one another. */
  readonly maxDepth: number;
  /** Values of one document once every alias is followed. */
  readonly maxNodes: number;
  /** Words and signs per file. */
  readonly maxTokens: number;
  /** Mistakes in YAML reported per file. */
  readonly maxSyntaxErrors: number;
}

export const SOURCE_LIMITS: SourceLimits = {
  maxBytes: 1024 * 1024,
  maxDepth: 100,
  maxNodes: 100_000,
  maxTokens: 250_000,
  maxSyntaxErrors: 20,
};
