// What a bucket of Google Cloud Storage is configured with.

export interface GcsSettings {
  readonly bucket: string;
  readonly project?: string;
  /** Of a service account; without one Google's own chain decides. */
  readonly keyFile?: string;
  /** Of a server that speaks the same protocol; Google's own when absent. */
  readonly endpoint?: string;
}
