import { XmlElement } from '@rgrove/parse-xml'
import { askBucket } from './ask-bucket.ts'
import type { S3AddressOptions } from './s3-address.ts'
import type { S3ConnectionOptions } from './s3-connection.ts'
import { xmlRoot } from './xml-root.ts'

/**
 * Whether the bucket keeps an object that somebody removes or overwrites, as an older version of it. `suspended`: it keeps those from
 * before only. Needs the right `s3:GetBucketVersioning`. Rejects with the faults of a bucket, also where a store does not know versions.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketVersioning.html
 */
export function s3BucketVersions(
  options: S3AddressOptions & S3ConnectionOptions,
): Promise<'kept' | 'suspended' | 'off'> {
  return askBucket(options, 'versioning', ({ status, body }) => {
    const root = status === 200 ? xmlRoot(body.toString('utf8'), 'VersioningConfiguration') : undefined
    if (!root) return undefined
    const found = root.children.find((child) => child instanceof XmlElement && child.name === 'Status')
    // A bucket that never had versions gives no status.
    if (!(found instanceof XmlElement)) return 'off'
    return found.text.trim() === 'Enabled' ? 'kept' : 'suspended'
  })
}
