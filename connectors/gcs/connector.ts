// The gcs connector: objects of Google Cloud Storage in and out.
import { type GcsSettings, gcsBucket, objectConnector } from '../../engine/connector/objects/index.ts';
import schema from '../../schemas/connectors/gcs.schema.json' with { type: 'json' };

export const connector = objectConnector<GcsSettings>({
  id: 'gcs',
  schema,
  open: ({ keyFile, ...settings }, { resolvePath }) =>
    gcsBucket({ ...settings, ...(keyFile === undefined ? {} : { keyFile: resolvePath(keyFile) }) }),
});
