import { createHash } from 'node:crypto'
import { type Fault, fault, type HttpResponse, isFault } from '@asana-audit/core'
import { type OptionNames, refuseUnknownOptions } from '@asana-audit/core/sink-kit'
import type { OnArchiveWarning } from '../archive-warning.ts'
import { markerBytes, markerKey } from '../store/marker.ts'
import type { ObjectStore, StoredObject } from '../store/object-store.ts'
import { tooLarge } from '../store/too-large.ts'
import { s3BucketLock } from './bucket-lock.ts'
import { type ListAnswer, readListAnswer } from './list-answer.ts'
import { objectHeaders, type S3ObjectOptions, s3ObjectProblem } from './object-headers.ts'
import { type GiveUpAfter, patience } from './patience.ts'
import { bucketUrl, objectUrl, placeOf, type S3AddressOptions, s3Address } from './s3-address.ts'
import { type S3ConnectionOptions, type S3Request, s3Connection } from './s3-connection.ts'
import { readS3Error, s3Fault } from './s3-fault.ts'

/**
 * Where the bucket is and who may write. Connection options: `ca`, `cert`, `key`, `credentials`, `serverName`, `insecure` and `proxy` of
 * `httpClient`.
 */
export interface S3StoreOptions extends S3AddressOptions, S3ConnectionOptions, S3ObjectOptions {
  /**
   * `{ untilFirstAnswer, afterwards }`: how long temporary faults of the store are waited out, in milliseconds. For who reads or joins an
   * archive: the loop that writes one tries again by itself.
   * @default a temporary fault rejects at once
   */
  readonly giveUpAfterMs?: GiveUpAfter | undefined
  /** As for `archiveSink`: `old_credentials`, `insecure_tls` once, and `store_waits` with `giveUpAfterMs`. */
  readonly onWarning?: OnArchiveWarning | undefined
}

const names: OptionNames<S3StoreOptions> = {
  ...{ bucket: true, prefix: true, region: true, endpoint: true, pathStyle: true, access: true },
  ...{ timeoutMs: true, allowPlainHttp: true, clock: true },
  ...{ kmsKey: true, storageClass: true, tags: true, lock: true },
  ...{ ca: true, cert: true, key: true, credentials: true, serverName: true, proxy: true, insecure: true },
  ...{ giveUpAfterMs: true, onWarning: true },
}

/**
 * An archive in a bucket of a store that speaks S3. Objects are created with `If-None-Match: *` and a checksum. Before the first write it
 * is tried whether the store keeps to that. Throws a TypeError for invalid options, and a fatal `unknown_option`.
 */
export function s3Store(options: S3StoreOptions): ObjectStore {
  refuseUnknownOptions('s3Store', names, options)
  const address = s3Address(options)
  const problem = s3ObjectProblem(options)
  if (problem) throw new TypeError(`The option ${problem.option} of s3Store ${problem.message}`)
  const { onWarning } = options
  const connection = s3Connection(options, address.region, onWarning)
  const closing = new AbortController()
  const patiently = patience(options.giveUpAfterMs, connection.clock, onWarning, closing.signal)
  const place = placeOf(address)
  if (options.insecure) {
    const message = `The certificate of ${new URL(address.base).origin} is not checked, so anybody on the network path can read the events. Set its CA instead.`
    onWarning?.({ code: 'insecure_tls', message })
  }

  /** Resolves with what `read` makes of the answer. If that is undefined, rejects with the fault of the answer. `where`: for its message. */
  function send<T>(
    request: S3Request,
    read: (answer: HttpResponse) => T | undefined,
    signal: AbortSignal | undefined,
    where = place,
  ): Promise<T> {
    return patiently(async () => {
      const { response, secrets } = await connection.send(request, signal).catch((error: unknown) => {
        throw isFault(error) && error.code === 'response_too_large' ? tooLarge(where) : error
      })
      const found = read(response)
      if (found !== undefined) return found
      throw s3Fault(response, request.url, where, secrets, connection.clock.now())
    }, signal)
  }

  async function create(key: string, bytes: Uint8Array, signal?: AbortSignal): Promise<'created' | 'exists'> {
    const checksum = createHash('sha256').update(bytes).digest('base64')
    const headers = {
      'content-type': typeOf(key),
      'if-none-match': '*',
      'x-amz-checksum-sha256': checksum,
      ...objectHeaders(options, connection.clock.now()),
    }
    const request = { method: 'PUT', url: objectUrl(address, key), headers, body: bytes } as const
    const outcome = (answer: HttpResponse): 'created' | 'exists' | undefined => {
      if (answer.status === 412) return 'exists'
      if (!isSuccess(answer) || readS3Error(answer.body)) return undefined
      const stored = answer.headers['x-amz-checksum-sha256']
      if (stored !== undefined && stored !== checksum) throw otherChecksum(place, key)
      return 'created'
    }
    return send(request, outcome, signal)
  }

  async function* list(folder: string, signal?: AbortSignal): AsyncGenerator<StoredObject> {
    const prefix = `${address.prefix}${folder}`
    for (let next: string | undefined = ''; next !== undefined; ) {
      // A key may have characters that XML has not.
      const query = {
        'list-type': '2',
        'encoding-type': 'url',
        prefix,
        ...(next !== '' && { 'continuation-token': next }),
      }
      const request = { method: 'GET', url: bucketUrl(address, query), headers: {} } as const
      const token: string = next
      const pageOf = ({ status, body }: HttpResponse): ListAnswer | undefined => {
        const answer = status === 200 ? readListAnswer(body.toString('utf8')) : undefined
        // The same page again would have no end.
        return answer?.next === token ? undefined : answer
      }
      const page: ListAnswer = await send(request, pageOf, signal)
      for (const { key, storedAt } of page.objects) yield { key: key.slice(address.prefix.length), storedAt }
      next = page.next
    }
  }

  return {
    place,
    async claim() {
      if ((await create(markerKey, markerBytes)) === 'exists') return
      if ((await create(markerKey, markerBytes)) === 'created') throw overwrites(place)
    },
    create,
    async read(key, signal) {
      const request = { method: 'GET', url: objectUrl(address, key), headers: {} } as const
      const found = (answer: HttpResponse): { readonly bytes: Uint8Array | undefined } | undefined => {
        if (isSuccess(answer)) return { bytes: answer.body }
        const isMissing = answer.status === 404 && readS3Error(answer.body)?.code === 'NoSuchKey'
        return isMissing ? { bytes: undefined } : undefined
      }
      return (await send(request, found, signal, `${place}/${key}`)).bytes
    },
    list,
    async allowsRemoval(signal) {
      const isLocked =
        options.lock !== undefined || (await patiently(() => s3BucketLock(options), signal)).isEnabled
      if (isLocked) throw objectLock(place)
    },
    async remove(key, signal) {
      const request = { method: 'DELETE', url: objectUrl(address, key), headers: {} } as const
      const done = ({ status }: HttpResponse): true | undefined => status === 204 || undefined
      await send(request, done, signal)
    },
    ...(connection.changed && { changed: connection.changed }),
    close() {
      closing.abort()
      return connection.close()
    },
  }
}

/** A store gives the ETag of an object with each success. A proxy that answers in its place does not: nothing was stored then. */
function isSuccess({ status, headers }: HttpResponse): boolean {
  return status === 200 && headers['etag'] !== undefined
}

/** https://www.iana.org/assignments/media-types/ */
function typeOf(key: string): string {
  if (key.endsWith('.json')) return 'application/json'
  if (key.endsWith('.parquet')) return 'application/vnd.apache.parquet'
  return key.endsWith('.gz') ? 'application/gzip' : 'application/zstd'
}

function otherChecksum(place: string, key: string): Fault {
  const message = `${place} says that it stored ${key} with another checksum than was sent. It is tried again; if this stays, do not use this store.`
  return fault({ fault: 'temporary', code: 'damaged_on_the_way', message })
}

function objectLock(place: string): Fault {
  const message = `The bucket of ${place} has object lock, so objects cannot be joined: those that are replaced would stay. Nothing was changed.`
  return fault({ fault: 'fatal', code: 'object_lock', message })
}

function overwrites(place: string): Fault {
  const message = `The store of ${place} overwrites an object although it was asked not to (If-None-Match: *), so it cannot hold an archive. Use a store or a version of it that has conditional writes.`
  return fault({ fault: 'fatal', code: 'no_conditional_writes', message })
}
