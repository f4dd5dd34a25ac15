import { createHash } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { localServer } from '../../../core/test/support/local-server.ts'
import { archiveSink, s3BucketLock, s3BucketVersions, s3Store, verifyArchive } from '../../src/index.ts'
import { eventAt, eventsFrom, filesIn, gidsIn, noon, objectsIn } from '../support/archive-folder.ts'
import { going, problemsOf } from '../support/archive-in.ts'
import { archiveInBucket } from '../support/archive-in-bucket.ts'
import { type Asked, type Fate, faultyProxy, s3Error } from '../support/faulty-proxy.ts'
import {
  access,
  asOwner,
  noVersitygw,
  setVersioning,
  startVersitygw,
  type Versitygw,
} from '../support/versitygw.ts'

const place = ({ folder }: Versitygw): string => join(folder, 'audit/asana')
const isObject = ({ method, path }: Asked): boolean => method === 'PUT' && path.includes('/event/')
const isEntry = ({ method, path }: Asked): boolean => method === 'PUT' && path.includes('/_manifest/')
const isList = ({ path }: Asked): boolean => path.includes('list-type')

/** A store answers with the checksum of what arrived. */
const otherChecksum: Fate = {
  status: 200,
  headers: { etag: '"1"', 'x-amz-checksum-sha256': createHash('sha256').digest('base64') },
}

/** The fault of a write. */
function faultOf(write: Promise<void>): Promise<unknown> {
  return write.then(
    () => 'accepted',
    (error: unknown) => error,
  )
}

describe.skipIf(noVersitygw)('in a bucket', () => {
  test('an archive has the layout of one in a folder, and is verified in both places', async () => {
    const store = await startVersitygw()
    const midnight = Date.parse('2026-03-11T00:00:00Z')
    await archiveInBucket(store).write(eventsFrom(midnight - 120_000, 4), going())
    expect(await objectsIn(place(store))).toEqual([
      'event/day=2026-03-10/23-58-00.000-1200000000000000.jsonl.gz',
      'event/day=2026-03-11/00-00-00.000-1200000000000002.jsonl.gz',
    ])
    const { endpoint, bucket } = store
    const inBucket = s3Store({ endpoint, bucket, prefix: 'audit/asana/', access })
    const report = await verifyArchive({ store: inBucket })
    await inBucket.close()
    expect(report).toMatchObject({ place: 's3://evidence/audit/asana', events: 4, objects: 2, problems: [] })
    expect(await problemsOf(place(store))).toEqual([])
  })

  test('an event is there once after a restart with other borders', async () => {
    const store = await startVersitygw()
    const events = eventsFrom(noon, 60)
    await archiveInBucket(store).write(events.slice(0, 40), going())
    const second = archiveInBucket(store)
    await second.write(events.slice(20, 31), going())
    await second.write(events.slice(31, 60), going())
    expect((await gidsIn(place(store))).sort()).toEqual(events.map(({ gid }) => gid).sort())
    expect(await problemsOf(place(store))).toEqual([])
  })

  test('more than a thousand objects are listed', async () => {
    const store = await startVersitygw()
    const sink = archiveInBucket(store)
    for (let number = 0; number < 1_001; number += 1)
      await sink.write([eventAt(number, noon + number)], going())
    const again = archiveInBucket(store)
    await again.write([eventAt(1_000, noon + 1_000), eventAt(1_001, noon + 1_001)], going())
    expect(await gidsIn(place(store))).toHaveLength(1_002)
    const { endpoint, bucket } = store
    const report = await verifyArchive({
      store: s3Store({ endpoint, bucket, prefix: 'audit/asana', access }),
    })
    expect(report).toMatchObject({ objects: 1_002, problems: [] })
  })

  test.each(['a b', 'a+b', 'a=b', 'ü', 'a:b', "it's (1)!*"])('a prefix may be %j', async (prefix) => {
    const store = await startVersitygw()
    await archiveInBucket(store, { prefix }).write(eventsFrom(noon, 2), going())
    expect(await gidsIn(join(store.folder, prefix))).toHaveLength(2)
  })

  test.each([
    ['a wrong secret', { access: { ...access, secretAccessKey: 'wrong-s3cret' } }, 'unauthorized'],
    ['an unknown key', { access: { ...access, accessKeyId: 'nobody' } }, 'unauthorized'],
    ['a bucket that is not there', { bucket: 'not-there' }, 'no_bucket'],
    ['a wrong region', { region: 'eu-central-1' }, 'wrong_region'],
  ])('%s is a fatal fault that says the next step and no secret', async (_, wrong, code) => {
    const store = await startVersitygw()
    const found = await faultOf(archiveInBucket(store, wrong).write(eventsFrom(noon, 1), going()))
    expect(found).toMatchObject({ fault: 'fatal', code })
    expect(String(found)).toContain('s3://')
    expect(JSON.stringify(found) + String(found)).not.toContain('s3cret')
  })

  test('a clock that is an hour off is a fatal fault that says so', async () => {
    const store = await startVersitygw()
    const clock = { now: () => Date.now() - 3_600_000, sleep: () => Promise.resolve(), random: () => 0.5 }
    const found = await faultOf(archiveInBucket(store, { clock }).write(eventsFrom(noon, 1), going()))
    expect(found).toMatchObject({ fault: 'fatal', code: 'clock_skew' })
  })

  test('a key is read again after a refusal, and the write goes on', async () => {
    const store = await startVersitygw()
    let asked = 0
    const reader = (): typeof access => {
      asked += 1
      return asked === 1 ? { ...access, secretAccessKey: 'old' } : access
    }
    await archiveInBucket(store, { access: reader }).write(eventsFrom(noon, 1), going())
    expect(await gidsIn(place(store))).toHaveLength(1)
  })

  test('an object that was cut off is named with its key', async () => {
    const store = await startVersitygw()
    await archiveInBucket(store).write(eventsFrom(noon, 20), going())
    const [key = ''] = await objectsIn(place(store))
    await writeFile(join(place(store), key), 'x')
    const found = await faultOf(archiveInBucket(store).write([eventAt(99, noon + 1)], going()))
    expect(found).toMatchObject({ fault: 'fatal', code: 'damaged_object' })
    expect(String(found)).toContain(key)
  })
})

describe.skipIf(noVersitygw)('of faults on the way', () => {
  /** One fate for the first request that it is about; all others pass. */
  async function archivedAfter(
    is: (asked: Asked) => boolean,
    fate: Fate,
  ): Promise<{ found: unknown; store: Versitygw }> {
    const store = await startVersitygw()
    let isOver = false
    const proxy = await faultyProxy(store.endpoint, (asked) => {
      if (isOver || !is(asked)) return 'pass'
      isOver = true
      return fate
    })
    const events = eventsFrom(noon, 10)
    const sink = archiveInBucket({ ...store, endpoint: proxy.endpoint })
    const found = await faultOf(sink.write(events, going()))
    // The loop sends what is not accepted again, perhaps with other borders.
    await sink.write(events.slice(0, 7), going())
    await sink.write(events.slice(7), going())
    expect((await gidsIn(place(store))).sort()).toEqual(events.map(({ gid }) => gid).sort())
    expect(await problemsOf(place(store))).toEqual([])
    return { found, store }
  }

  test.each<[string, (asked: Asked) => boolean, Fate, string]>([
    ['a lost answer to an object', isObject, 'lose the answer', 'connection_lost'],
    ['a lost answer to an entry', isEntry, 'lose the answer', 'connection_lost'],
    ['503 SlowDown', isObject, s3Error(503, 'SlowDown'), 'slow_down'],
    ['500 InternalError', isObject, s3Error(500, 'InternalError'), 'server_error'],
    ['409 ConditionalRequestConflict', isObject, s3Error(409, 'ConditionalRequestConflict'), 'conflict'],
    ['a 200 with an error in the body', isObject, s3Error(200, 'InternalError'), 'server_error'],
    ['a damaged body', isObject, s3Error(400, 'BadDigest'), 'damaged_on_the_way'],
    ['a success with another checksum', isObject, otherChecksum, 'damaged_on_the_way'],
    ['a 502 of a proxy', isEntry, { status: 502, body: '<html>' }, 'unavailable'],
    ['a 200 of a proxy that stored nothing', isObject, { status: 200, body: '<html>' }, 'not_a_store'],
    ['a page of a proxy in the place of a list', isList, { status: 200, body: '<html>' }, 'not_a_store'],
  ])('%s is temporary, and each event is there once afterwards', async (_, is, fate, code) => {
    const { found } = await archivedAfter(is, fate)
    expect(found).toMatchObject({ fault: 'temporary', code, accepted: 0 })
  })

  test.each([
    ['expired credentials', s3Error(400, 'ExpiredToken'), 'expired_credentials'],
    ['no right to write', s3Error(403, 'AccessDenied'), 'forbidden'],
    ['an object that is too large', s3Error(400, 'EntityTooLarge'), 'refused'],
  ])('%s are fatal: nothing is put in quarantine for them', async (_, fate, code) => {
    const { found } = await archivedAfter(isObject, fate)
    // After a refusal the key is read again and is the same.
    expect(found).toMatchObject({ fault: 'fatal', code })
  })

  test('what a store says is told without the escapes of XML', async () => {
    const { found } = await archivedAfter(
      isObject,
      s3Error(400, 'InvalidArgument', 'the region &#34;x&#34; &amp; more'),
    )
    expect(String(found)).toContain('It says: "the region "x" & more".')
  })

  test('no right to list is named before an event is written', async () => {
    const store = await startVersitygw()
    const denied = s3Error(403, 'AccessDenied', 'User is not authorized to perform: s3:ListBucket')
    const proxy = await faultyProxy(store.endpoint, (asked) => (isList(asked) ? denied : 'pass'))
    const sink = archiveInBucket({ ...store, endpoint: proxy.endpoint })
    const found = await faultOf(sink.write(eventsFrom(noon, 1), going()))
    expect(found).toMatchObject({ fault: 'fatal', code: 'forbidden' })
    expect(String(found)).toContain('s3:ListBucket')
    expect(proxy.asked.some(isObject)).toBe(false)
  })

  test('a store that overwrites is refused before an event is written', async () => {
    const store = await startVersitygw()
    const proxy = await faultyProxy(store.endpoint, (asked) => {
      // As a store does that does not know conditional writes.
      return asked.method === 'PUT' ? { status: 200, headers: { etag: '"1"' } } : 'pass'
    })
    const sink = archiveInBucket({ ...store, endpoint: proxy.endpoint })
    const found = await faultOf(sink.write(eventsFrom(noon, 1), going()))
    expect(found).toMatchObject({ fault: 'fatal', code: 'no_conditional_writes' })
    expect(proxy.asked.some(isObject)).toBe(false)
  })

  test('every object is created with If-None-Match and a checksum', async () => {
    const store = await startVersitygw()
    const proxy = await faultyProxy(store.endpoint, () => 'pass')
    await archiveInBucket({ ...store, endpoint: proxy.endpoint }).write(eventsFrom(noon, 1), going())
    const puts = proxy.asked.filter(({ method }) => method === 'PUT')
    expect(puts.length).toBeGreaterThanOrEqual(3)
    for (const { headers } of puts) {
      expect(headers['if-none-match']).toBe('*')
      expect(headers['x-amz-checksum-sha256']).toMatch(/^[\w+/]{43}=$/)
      expect(headers['x-amz-content-sha256']).toMatch(/^[0-9a-f]{64}$/)
    }
  })

  test('a session token is sent and signed', async () => {
    const proxy = await faultyProxy('http://127.0.0.1:9', () => s3Error(503, 'SlowDown'))
    const temporary = { ...access, sessionToken: 'session-token' }
    const sink = archiveInBucket({ endpoint: proxy.endpoint, bucket: 'evidence' }, { access: temporary })
    await faultOf(sink.write(eventsFrom(noon, 1), going()))
    expect(proxy.asked[0]?.headers['x-amz-security-token']).toBe('session-token')
    expect(proxy.asked[0]?.headers.authorization).toContain('x-amz-security-token')
  })
})

test('a store that does not answer is a temporary fault once the deadline of the request is over', async () => {
  await using silent = await localServer(createServer(() => {}))
  const sink = archiveInBucket({ endpoint: `http://${silent.host}`, bucket: 'evidence' }, { timeoutMs: 50 })
  const found = await faultOf(sink.write(eventsFrom(noon, 1), going()))
  expect(found).toMatchObject({ fault: 'temporary', code: 'timeout' })
})

describe.skipIf(noVersitygw)('each object', () => {
  test('says of what type its content is', async () => {
    const { endpoint, bucket } = await startVersitygw()
    const proxy = await faultyProxy(endpoint, () => 'pass')
    const store = s3Store({ endpoint: proxy.endpoint, bucket, access })
    const sink = archiveSink({ store, lane: 'test', formats: ['jsonl', 'flat'] })
    await sink.write(eventsFrom(noon, 1), going())
    await sink.close()
    const puts = proxy.asked.filter(({ method }) => method === 'PUT')
    const types = puts.map(({ path, headers }) => [path.split('.').at(-1), headers['content-type']])
    expect(Object.fromEntries(types)).toEqual({
      ...{ json: 'application/json', gz: 'application/gzip' },
      parquet: 'application/vnd.apache.parquet',
    })
  })

  test('has the lock that was asked for', async () => {
    const store = await startVersitygw({ lock: true })
    const lock = { mode: 'COMPLIANCE', days: 3 } as const
    const proxy = await faultyProxy(store.endpoint, () => 'pass')
    await archiveInBucket({ ...store, endpoint: proxy.endpoint }, { lock }).write(
      eventsFrom(noon, 2),
      going(),
    )
    expect(await problemsOf(place(store))).toEqual([])
    const puts = proxy.asked.filter(({ method }) => method === 'PUT')
    for (const { headers } of puts) {
      expect(headers['x-amz-object-lock-mode']).toBe('COMPLIANCE')
      const until = Date.parse(String(headers['x-amz-object-lock-retain-until-date']))
      expect(until).toBeGreaterThan(Date.now() + 2 * 86_400_000)
    }
    const { endpoint, bucket } = store
    expect(await s3BucketLock({ endpoint, bucket, access })).toMatchObject({ isEnabled: true })
  })

  test('with a lock is kept by the store, also from its owner', async () => {
    const store = await startVersitygw({ lock: true })
    const { endpoint, bucket } = store
    const lock = { mode: 'COMPLIANCE', days: 3 } as const
    await archiveInBucket(store, { lock }).write(eventsFrom(noon, 2), going())
    for (const key of await filesIn(place(store))) {
      const path = `${bucket}/audit/asana/${key}`
      const stored = await asOwner('GET', endpoint, path)
      const version = `${path}?versionId=${stored.headers.get('x-amz-version-id')}`
      expect((await asOwner('DELETE', endpoint, version)).status, key).toBe(403)
      const kept = await asOwner('GET', endpoint, version)
      expect(await kept.arrayBuffer()).toEqual(await stored.arrayBuffer())
    }
  })

  test('with a lock is refused by a bucket without one, with the next step', async () => {
    const store = await startVersitygw()
    const lock = { mode: 'GOVERNANCE', days: 3 } as const
    const found = await faultOf(archiveInBucket(store, { lock }).write(eventsFrom(noon, 1), going()))
    expect(found).toMatchObject({ fault: 'fatal', code: 'lock_not_enabled' })
    expect(String(found)).toContain('Enable object lock and versioning for the bucket')
    const { endpoint, bucket } = store
    expect(await s3BucketLock({ endpoint, bucket, access })).toEqual({ isEnabled: false, usual: undefined })
  })

  test.each([
    ['as it was made', undefined, 'off'],
    ['that keeps versions', 'Enabled', 'kept'],
    ['that no longer keeps versions', 'Suspended', 'suspended'],
  ] as const)('is in a bucket %s, and the bucket says so', async (_, status, expected) => {
    const { endpoint, bucket } = await startVersitygw()
    if (status) await setVersioning(endpoint, bucket, status)
    expect(await s3BucketVersions({ endpoint, bucket, access })).toBe(expected)
  })

  test('is asked to be encrypted, tagged and of a class', async () => {
    const store = await startVersitygw()
    const proxy = await faultyProxy(store.endpoint, () => 'pass')
    const asked = {
      kmsKey: 'alias/audit',
      storageClass: 'STANDARD_IA',
      tags: { team: 'a/b', 'cost centre': '7' },
    }
    await archiveInBucket({ ...store, endpoint: proxy.endpoint }, asked).write(eventsFrom(noon, 2), going())
    const [object] = proxy.asked.filter(isObject)
    expect(object?.headers).toMatchObject({
      'x-amz-server-side-encryption': 'aws:kms',
      'x-amz-server-side-encryption-aws-kms-key-id': 'alias/audit',
      'x-amz-storage-class': 'STANDARD_IA',
      'x-amz-tagging': 'team=a%2Fb&cost+centre=7',
    })
    expect(await problemsOf(place(store))).toEqual([])
  })
})

test.each([
  ['kmsKey', { kmsKey: 'a b' }],
  ['storageClass', { storageClass: 'DEEP_ARCHIVE' }],
  ['tags', { tags: { team: 'a&b' } }],
  ['lock', { lock: { mode: 'COMPLIANCE', days: 0 } as const }],
  ['bucket', { bucket: 'Not A Bucket' }],
  ['region', { region: 'eu central' }],
  ['endpoint', { endpoint: 'https://user:s3cret@s3.example' }],
  ['endpoint', { endpoint: 'http://s3.example' }],
])('a wrong %s is refused at once: %j', (name, wrong) => {
  expect(() => s3Store({ bucket: 'evidence', access, ...wrong })).toThrow(
    new RegExp(`^The option ${name} of s3Store (?!.*s3cret)`),
  )
})
