import type { HttpResponse } from '@asana-audit/core'
import { bucketUrl, placeOf, type S3AddressOptions, s3Address } from './s3-address.ts'
import { type S3ConnectionOptions, s3Connection } from './s3-connection.ts'
import { s3Fault } from './s3-fault.ts'

/**
 * One question about the bucket itself, such as `versioning`, over a connection of its own. Resolves with what `read` makes of the answer.
 * If that is undefined, rejects with the fault of the answer.
 */
export async function askBucket<T>(
  options: S3AddressOptions & S3ConnectionOptions,
  question: string,
  read: (answer: HttpResponse) => T | undefined,
): Promise<T> {
  const address = s3Address(options)
  const connection = s3Connection(options, address.region)
  try {
    const url = bucketUrl(address, { [question]: '' })
    const { response, secrets } = await connection.send({ method: 'GET', url, headers: {} })
    const found = read(response)
    if (found !== undefined) return found
    throw s3Fault(response, url, placeOf(address), secrets, connection.clock.now())
  } finally {
    await connection.close()
  }
}
