import { XmlElement } from '@rgrove/parse-xml'
import { bucketUrl, placeOf, type S3AddressOptions, s3Address } from './s3-address.ts'
import { type S3ConnectionOptions, s3Connection } from './s3-connection.ts'
import { readS3Error, s3Fault } from './s3-fault.ts'
import { xmlRoot } from './xml-root.ts'

/** Object lock of a bucket. */
export interface BucketLock {
  readonly isEnabled: boolean
  /** What objects get without a lock of their own, such as `GOVERNANCE for 365 days`; undefined: nothing. */
  readonly usual: string | undefined
}

/** Needs the right `s3:GetBucketObjectLockConfiguration`. Rejects with the faults of a bucket. */
export async function s3BucketLock(options: S3AddressOptions & S3ConnectionOptions): Promise<BucketLock> {
  const address = s3Address(options)
  const connection = s3Connection(options, address.region)
  try {
    const url = bucketUrl(address, { 'object-lock': '' })
    const { response, secrets } = await connection.send({ method: 'GET', url, headers: {} })
    const lock = response.status === 200 ? readBucketLock(response.body.toString('utf8')) : undefined
    if (lock) return lock
    if (readS3Error(response.body)?.code === 'ObjectLockConfigurationNotFoundError')
      return { isEnabled: false, usual: undefined }
    throw s3Fault(response, placeOf(address), secrets, connection.clock.now())
  } finally {
    await connection.close()
  }
}

/** Undefined if the text is not an answer to GetObjectLockConfiguration. */
function readBucketLock(xml: string): BucketLock | undefined {
  const root = xmlRoot(xml, 'ObjectLockConfiguration')
  if (!root) return undefined
  const textIn = (name: string): string | undefined => find(root, name)?.text.trim()
  const [mode, days, years] = [textIn('Mode'), textIn('Days'), textIn('Years')]
  const time = days ? `${days} days` : years ? `${years} years` : undefined
  return {
    isEnabled: textIn('ObjectLockEnabled') === 'Enabled',
    usual: mode && time ? `${mode} for ${time}` : undefined,
  }
}

function find(element: XmlElement, name: string): XmlElement | undefined {
  if (element.name === name) return element
  for (const child of element.children) {
    const found = child instanceof XmlElement ? find(child, name) : undefined
    if (found) return found
  }
  return undefined
}
