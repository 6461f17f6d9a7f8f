// The s3 connector: objects of S3, or of anything that speaks it, in and out.
import { objectConnector, type S3Settings, s3Bucket } from '../../engine/connector/objects/index.ts';
import schema from '../../schemas/connectors/s3.schema.json' with { type: 'json' };

export const connector = objectConnector<S3Settings>({ id: 's3', schema, open: s3Bucket });
