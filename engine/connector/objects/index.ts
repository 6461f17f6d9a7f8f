// What connectors of object stores share: buckets, a consumer that polls a prefix, a producer that writes objects.

export { azureBucket } from '../../payload/stores/azure/azure-bucket.ts';
export type { AzureSettings } from '../../payload/stores/azure/azure-settings.ts';
export { gcsBucket } from '../../payload/stores/gcs/gcs-bucket.ts';
export type { GcsSettings } from '../../payload/stores/gcs/gcs-settings.ts';
export type { ObjectBucket } from '../../payload/stores/object-bucket.ts';
export { s3Bucket } from '../../payload/stores/s3/s3-bucket.ts';
export type { S3Settings } from '../../payload/stores/s3/s3-settings.ts';
export type { ObjectConsumerConfig, ObjectProducerConfig } from './object-config.ts';
export { objectConnector } from './object-connector.ts';
