import { S3Client } from '@aws-sdk/client-s3'

export const benchBucket = 'bench'
export const storeAccess = { accessKeyId: 'bench', secretAccessKey: 'bench-secret' }

/** As its documentation says, for another store than AWS. */
export function sdkClient(endpoint: string): S3Client {
  return new S3Client({
    ...{ endpoint, region: 'us-east-1', forcePathStyle: true, credentials: storeAccess },
  })
}
