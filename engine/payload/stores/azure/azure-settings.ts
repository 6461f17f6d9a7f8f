// What a container of Azure Blob Storage is configured with.

/** A connection string, or the account with at most one of the others. */
export interface AzureSettings {
  readonly container: string;
  readonly connectionString?: string;
  /** A URL. Alone, Azure's own chain decides who is asking: environment, workload identity, managed identity, developer's tools. */
  readonly account?: string;
  readonly accountKey?: string;
  /** A shared access signature, with or without its question mark. */
  readonly sas?: string;
}
