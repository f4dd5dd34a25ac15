import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { type ObjectStore, s3Store } from '../../src/index.ts'
import { filesIn } from './archive-folder.ts'
import { access } from './versitygw.ts'

/** What the bucket answers for a key instead of the object. */
export interface OtherAnswer {
  readonly status: number
  readonly code: string
}

export interface BucketOptions {
  /** @default the object */
  readonly answerFor?: (key: string) => OtherAnswer | undefined
  /**
   * Keys in a page of a list.
   * @default 1000
   */
  readonly pageSize?: number
  /**
   * Changes a page of a list: what it names. Pages are counted over all lists, from 0 on.
   * @default as it is
   */
  readonly listed?: (keys: readonly string[], page: number) => readonly string[]
}

export interface FolderBucket {
  /** The bucket is `evidence`, without a prefix. */
  readonly endpoint: string
  readonly store: ObjectStore
}

/** A store over HTTP that gives the files of a folder as the objects of a bucket, and takes none. Signatures are not checked. */
export async function bucketOfFolder(folder: string, options: BucketOptions = {}): Promise<FolderBucket> {
  const { answerFor = () => undefined, pageSize = 1_000, listed = (keys) => keys } = options
  let pages = 0

  async function list(query: URLSearchParams, response: ServerResponse): Promise<void> {
    const prefix = query.get('prefix') ?? ''
    const all = (await filesIn(folder)).filter((key) => key.startsWith(prefix))
    const from = Number(query.get('continuation-token') ?? 0)
    const next = from + pageSize < all.length ? from + pageSize : undefined
    const keys = listed(all.slice(from, from + pageSize), pages)
    pages += 1
    const contents = keys.map(
      (key) =>
        `<Contents><Key>${encodeURIComponent(key)}</Key><LastModified>2026-03-10T12:00:00Z</LastModified></Contents>`,
    )
    const more = `<IsTruncated>${next !== undefined}</IsTruncated>${next === undefined ? '' : `<NextContinuationToken>${next}</NextContinuationToken>`}`
    response.end(
      `<?xml version="1.0"?><ListBucketResult><EncodingType>url</EncodingType>${more}${contents.join('')}</ListBucketResult>`,
    )
  }

  function refuse(response: ServerResponse, { status, code }: OtherAnswer): void {
    response.writeHead(status).end(`<Error><Code>${code}</Code><Message>No.</Message></Error>`)
  }

  async function give(key: string, response: ServerResponse): Promise<void> {
    const other = answerFor(key)
    const bytes = other ? undefined : await readFile(join(folder, key)).catch(() => undefined)
    if (bytes) response.writeHead(200, { etag: '"1"' }).end(bytes)
    else refuse(response, other ?? { status: 404, code: 'NoSuchKey' })
  }

  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://bucket')
    const key = decodeURIComponent(pathname.replace(/^\/evidence\/?/, ''))
    void (searchParams.has('list-type') ? list(searchParams, response) : give(key, response))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const endpoint = `http://127.0.0.1:${port}`
  const store = s3Store({ endpoint, bucket: 'evidence', access })
  onTestFinished(async () => {
    await store.close()
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  return { endpoint, store }
}
