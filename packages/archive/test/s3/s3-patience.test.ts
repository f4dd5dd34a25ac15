import { once } from 'node:events'
import { truncate } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { systemClock } from '@asana-audit/core/sink-kit'
import { describe, expect, onTestFinished, test } from 'vitest'
import {
  type ArchiveWarning,
  compactArchive,
  type ObjectStore,
  readArchive,
  type S3StoreOptions,
  s3Store,
  verifyArchive,
} from '../../src/index.ts'
import { eventAt, noon, objectsIn } from '../support/archive-folder.ts'
import { going } from '../support/archive-in.ts'
import { archiveInBucket } from '../support/archive-in-bucket.ts'
import { type Fate, faultyProxy, s3Error } from '../support/faulty-proxy.ts'
import {
  access,
  asOwner,
  noVersitygw,
  setVersioning,
  startVersitygw,
  type Versitygw,
} from '../support/versitygw.ts'

const patient = { untilFirstAnswer: 30_000, afterwards: 900_000 }

/** A clock that goes on by the waits alone, as far as they are asked for. */
function waitless(): NonNullable<S3StoreOptions['clock']> {
  let waited = 0
  return {
    ...systemClock,
    now: () => Date.now() + waited,
    sleep(ms) {
      // A store refuses a clock that is a quarter of an hour off.
      waited += Math.min(ms, 1_000)
      return Promise.resolve()
    },
  }
}

/** An archive of three objects in a bucket. */
async function filled(): Promise<Versitygw & { readonly keys: string[]; readonly place: string }> {
  const store = await startVersitygw()
  const sink = archiveInBucket(store)
  for (const minute of [0, 1, 2]) await sink.write([eventAt(minute, noon + minute * 60_000)], going())
  const place = join(store.folder, 'audit/asana')
  return { ...store, place, keys: await objectsIn(place) }
}

function storeAt(endpoint: string, options: Partial<S3StoreOptions> = {}): ObjectStore {
  return s3Store({ endpoint, bucket: 'evidence', prefix: 'audit/asana', access, ...options })
}

describe.skipIf(noVersitygw)('of a store that has faults for a while', () => {
  const fates: readonly Fate[] = [
    s3Error(503, 'SlowDown'),
    'lose the answer',
    { status: 200, body: '<html>a page of a proxy</html>' },
    s3Error(500, 'InternalError'),
  ]

  /** Every other request meets one of the faults. */
  async function faultyEndpoint({ endpoint }: Versitygw): Promise<string> {
    let asked = 0
    const proxy = await faultyProxy(endpoint, () => {
      asked += 1
      return asked % 2 === 0 ? 'pass' : fates[(asked >> 1) % fates.length]!
    })
    return proxy.endpoint
  }

  test('an archive is verified, read and joined all the same by who waits', async () => {
    const bucket = await filled()
    const warnings: ArchiveWarning[] = []
    const store = storeAt(await faultyEndpoint(bucket), {
      ...{ clock: waitless(), giveUpAfterMs: patient, onWarning: (warning) => warnings.push(warning) },
    })
    expect(await verifyArchive({ store })).toMatchObject({ events: 3, problems: [] })
    expect(await Array.fromAsync(readArchive({ store }))).toHaveLength(3)
    expect(await compactArchive({ store })).toMatchObject([{ joined: [{ events: 3 }], removed: bucket.keys }])
    expect(await verifyArchive({ store })).toMatchObject({ objects: 1, events: 3, problems: [] })
    await store.close()
    expect(new Set(warnings.map(({ code }) => code))).toEqual(new Set(['store_waits']))
    expect(warnings[0]?.message).toContain('503 (SlowDown). It is tried again.')
  })

  test('a fault rejects at once without that', async () => {
    const bucket = await filled()
    const store = storeAt(await faultyEndpoint(bucket))
    await expect(verifyArchive({ store })).rejects.toMatchObject({ fault: 'temporary', code: 'slow_down' })
    await store.close()
  })

  test('it is given up in the end, and the message says what the store said', async () => {
    const { endpoint } = await faultyProxy('http://127.0.0.1:9', () => s3Error(503, 'SlowDown'))
    const store = storeAt(endpoint, {
      clock: waitless(),
      giveUpAfterMs: { ...patient, untilFirstAnswer: 3_000 },
    })
    await expect(verifyArchive({ store })).rejects.toMatchObject({
      ...{ fault: 'fatal', code: 'gave_up' },
      message: expect.stringContaining('503 (SlowDown)'),
    })
    await store.close()
  })

  test('it is not waited for what a person must mend', async () => {
    const bucket = await filled()
    const proxy = await faultyProxy(bucket.endpoint, ({ path }) =>
      path.includes('/event/') ? s3Error(403, 'InvalidObjectState', 'In Glacier.') : 'pass',
    )
    const store = storeAt(proxy.endpoint, { clock: waitless(), giveUpAfterMs: patient })
    await expect(Array.fromAsync(readArchive({ store }))).rejects.toMatchObject({
      ...{ fault: 'fatal', code: 'not_restored' },
      message: expect.stringContaining(`s3://evidence/audit/asana/${bucket.keys[0]}`),
    })
    await store.close()
  })
})

test('what is under way when a store is closed is not tried again: it would keep the process alive', async () => {
  // It never answers.
  const server = createServer().listen(0, '127.0.0.1')
  onTestFinished(() => void server.close())
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const few = { untilFirstAnswer: 3_000, afterwards: 3_000 }
  const store = storeAt(`http://127.0.0.1:${port}`, { giveUpAfterMs: few })
  const asked = once(server, 'request')
  const read = store.read('event/a').catch((error: unknown) => error)
  await asked
  await store.close()
  expect(await read).toMatchObject({ name: 'AbortError' })
})

test('a store that repeats the same page of its list without end is refused', async () => {
  const page = `<?xml version="1.0"?><ListBucketResult><IsTruncated>true</IsTruncated><NextContinuationToken>x</NextContinuationToken><Contents><Key>audit/asana/notes.txt</Key><LastModified>2026-03-10T12:00:00Z</LastModified></Contents></ListBucketResult>`
  const { endpoint } = await faultyProxy('http://127.0.0.1:9', () => ({ status: 200, body: page }))
  const store = storeAt(endpoint)
  await expect(Array.fromAsync(store.list('_manifest/'))).rejects.toMatchObject({ code: 'not_a_store' })
  await store.close()
})

test.each([
  ['url', 'a%01b+c%2Bd%25', 'a\u0001b c+d%'],
  ['', 'a%01b+c', 'a%01b+c'],
])('a key in a list that is encoded as %j says: %s', async (encoding, written, key) => {
  const page = `<?xml version="1.0"?><ListBucketResult><IsTruncated>false</IsTruncated><EncodingType>${encoding}</EncodingType><Contents><Key>audit/asana/${written}</Key><LastModified>2026-03-10T12:00:00Z</LastModified></Contents></ListBucketResult>`
  const { endpoint, asked } = await faultyProxy('http://127.0.0.1:9', () => ({ status: 200, body: page }))
  const store = storeAt(endpoint)
  expect(await Array.fromAsync(store.list(''))).toMatchObject([{ key }])
  expect(asked[0]?.path).toContain('encoding-type=url')
  await store.close()
})

describe.skipIf(noVersitygw)('what somebody put into a bucket', () => {
  test.each(['a b+c', 'a&b<c>', 'line\nbreak', '100%', '%41', 'ü😀'])(
    'is named if its key has %j, and nothing ends for it',
    async (name) => {
      const bucket = await filled()
      const key = `event/day=2026-03-10/${name}.txt`
      const path = `evidence/audit/asana/${key.split('/').map(encodeURIComponent).join('/')}`
      expect((await asOwner('PUT', bucket.endpoint, path, {}, 'x')).status).toBe(200)
      const store = storeAt(bucket.endpoint)
      const { problems, events } = await verifyArchive({ store })
      expect(problems.map((one) => `${one.code} ${one.key}`)).toEqual([`foreign ${key}`])
      expect(events).toBe(3)
      await store.close()
      await archiveInBucket(bucket).write([eventAt(9, noon + 9 * 60_000)], going())
    },
  )

  test('is not read if it is far too large, and is named', async () => {
    const bucket = await filled()
    await truncate(join(bucket.place, bucket.keys[1]!), 300 * 2 ** 20)
    const store = storeAt(bucket.endpoint, { clock: waitless(), giveUpAfterMs: patient })
    const { events, problems } = await verifyArchive({ store })
    expect(events).toBe(2)
    expect(problems.map((one) => `${one.code} ${one.key}`)).toEqual([`not_read ${bucket.keys[1]}`])
    expect(problems[0]?.message).toContain('is larger than any object of an archive')
    await expect(Array.fromAsync(readArchive({ store }))).rejects.toMatchObject({
      ...{ fault: 'fatal', code: 'object_too_large' },
      message: expect.stringContaining(bucket.keys[1]!),
    })
    await store.close()
  })
})

describe.skipIf(noVersitygw)('of a bucket that keeps versions', () => {
  async function versioned(): ReturnType<typeof filled> {
    const bucket = await startVersitygw()
    await setVersioning(bucket.endpoint, bucket.bucket, 'Enabled')
    const sink = archiveInBucket(bucket)
    for (const minute of [0, 1, 2]) await sink.write([eventAt(minute, noon + minute * 60_000)], going())
    const place = join(bucket.folder, 'audit/asana')
    return { ...bucket, place, keys: await objectsIn(place) }
  }

  test('an object under a delete marker is missing', async () => {
    const bucket = await versioned()
    await asOwner('DELETE', bucket.endpoint, `evidence/audit/asana/${bucket.keys[1]}`)
    const store = storeAt(bucket.endpoint)
    const { problems } = await verifyArchive({ store })
    expect(problems.map((one) => `${one.code} ${one.key}`)).toEqual([`missing ${bucket.keys[1]}`])
    await store.close()
  })

  test('its events come again once the marker is removed, if the store does not create over a marker', async () => {
    const bucket = await versioned()
    const path = `evidence/audit/asana/${bucket.keys[1]}`
    const marker = (await asOwner('DELETE', bucket.endpoint, path)).headers.get('x-amz-version-id')
    const again = [eventAt(1, noon + 60_000), eventAt(70, noon + 90_000)]
    const sink = archiveInBucket(bucket)
    await expect(sink.write(again, going())).rejects.toMatchObject({
      ...{ fault: 'fatal', code: 'not_ours' },
      message: expect.stringContaining('remove the marker'),
    })
    await asOwner('DELETE', bucket.endpoint, `${path}?versionId=${marker}`)
    await sink.write(again, going())
    const store = storeAt(bucket.endpoint)
    expect(await verifyArchive({ store })).toMatchObject({ events: 4, problems: [] })
    await store.close()
  })

  test('an object that somebody wrote over is changed', async () => {
    const bucket = await versioned()
    await asOwner('PUT', bucket.endpoint, `evidence/audit/asana/${bucket.keys[0]}`, {}, 'x')
    const store = storeAt(bucket.endpoint)
    const { problems } = await verifyArchive({ store })
    expect(problems.map((one) => `${one.code} ${one.key}`)).toEqual([`damaged ${bucket.keys[0]}`])
    await store.close()
  })
})

describe.skipIf(noVersitygw)('of a key of a role', () => {
  test('that expires in the middle, the next one is used, and no event is read twice', async () => {
    const bucket = await filled()
    let gets = 0
    const proxy = await faultyProxy(bucket.endpoint, ({ path, headers }) => {
      if (path.includes('/event/')) gets += 1
      const isOld = headers['x-amz-security-token'] === 'old'
      return gets > 1 && isOld ? s3Error(400, 'ExpiredToken') : 'pass'
    })
    // What versitygw does not know stays out of the request that reaches it.
    const { secretAccessKey, accessKeyId } = access
    let isRenewed = false
    const reader = Object.assign(
      () => ({ accessKeyId, secretAccessKey, ...(!isRenewed && { sessionToken: 'old' }) }),
      {
        async again() {
          isRenewed = true
          return { accessKeyId, secretAccessKey }
        },
      },
    )
    const store = storeAt(proxy.endpoint, { access: reader })
    const read = await Array.fromAsync(readArchive({ store }))
    expect(read.map(({ event }) => event.gid)).toEqual([0, 1, 2].map((one) => eventAt(one, noon).gid))
    expect(isRenewed).toBe(true)
    await store.close()
  })
})
