// What a container of Azure Blob Storage is configured with.

export interface AzureSettings {
  readonly container: string;
  readonly connectionString: string;
}
