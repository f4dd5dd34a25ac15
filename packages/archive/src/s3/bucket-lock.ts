import { XmlElement } from '@rgrove/parse-xml'
import { askBucket } from './ask-bucket.ts'
import type { S3AddressOptions } from './s3-address.ts'
import type { S3ConnectionOptions } from './s3-connection.ts'
import { readS3Error } from './s3-fault.ts'
import { xmlRoot } from './xml-root.ts'

export interface BucketLock {
  readonly isEnabled: boolean
  /** What objects get without a lock of their own, such as `GOVERNANCE for 365 days`; undefined: nothing. */
  readonly usual: string | undefined
}

/** Needs the right `s3:GetBucketObjectLockConfiguration`. Rejects with the faults of a bucket. */
export function s3BucketLock(options: S3AddressOptions & S3ConnectionOptions): Promise<BucketLock> {
  return askBucket(options, 'object-lock', ({ status, body }) => {
    const lock = status === 200 ? readBucketLock(body.toString('utf8')) : undefined
    if (lock) return lock
    const isOff = readS3Error(body)?.code === 'ObjectLockConfigurationNotFoundError'
    return isOff ? { isEnabled: false, usual: undefined } : undefined
  })
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
