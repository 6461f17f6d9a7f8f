// The azure-blob connector: blobs of Azure Blob Storage in and out.
import { type AzureSettings, azureBucket, objectConnector } from '../../engine/connector/objects/index.ts';
import schema from '../../schemas/connectors/azure-blob.schema.json' with { type: 'json' };

export const connector = objectConnector<AzureSettings>({ id: 'azure-blob', schema, open: azureBucket });
