import { mkdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { isFault } from '@asana-audit/core'
import { describe, expect, test } from 'vitest'
import { type ArchiveSinkOptions, type ArchiveWarning, archiveSink, folderStore } from '../src/index.ts'
import {
  eventAt,
  eventsFrom,
  filesIn,
  gidsIn,
  namedPipe,
  newFolder,
  noon,
  objectsIn,
  textOf,
} from './support/archive-folder.ts'
import { archiveIn, going, problemsOf, verified } from './support/archive-in.ts'

describe('an object', () => {
  test('holds the events of one UTC day, one a line and as they are given', async () => {
    const folder = newFolder()
    const events = [eventAt(1, noon, { id: 'ü', deep: [{ a: 1 }] }), eventAt(2, noon + 5)]
    await archiveIn(folder).write(events, going())
    const [key = ''] = await objectsIn(folder)
    expect(key).toBe('event/day=2026-03-10/12-00-00.000-1200000000000001.jsonl.gz')
    expect(await textOf(folder, key)).toBe(events.map((event) => `${JSON.stringify(event)}\n`).join(''))
  })

  test('is for its owner only, as is its folder', async () => {
    const folder = newFolder()
    await archiveIn(folder).write(eventsFrom(noon, 1), going())
    const [key = ''] = await objectsIn(folder)
    expect((await stat(join(folder, key))).mode & 0o077).toBe(0)
    expect((await stat(dirname(join(folder, key)))).mode & 0o077).toBe(0)
  })

  test('ends at midnight', async () => {
    const folder = newFolder()
    const midnight = Date.parse('2026-03-11T00:00:00Z')
    const events = [-2, -1, 0, 1].map((ms) => eventAt(ms + 10, midnight + ms))
    await archiveIn(folder).write(events, going())
    expect(await objectsIn(folder)).toEqual([
      'event/day=2026-03-10/23-59-59.998-1200000000000008.jsonl.gz',
      'event/day=2026-03-11/00-00-00.000-1200000000000010.jsonl.gz',
    ])
    expect(await problemsOf(folder)).toEqual([])
  })

  test('is compressed with zstd if asked for', async () => {
    const folder = newFolder()
    await archiveIn(folder, { compression: 'zstd' }).write(eventsFrom(noon, 3), going())
    expect(await objectsIn(folder)).toEqual(['event/day=2026-03-10/12-00-00.000-1200000000000000.jsonl.zst'])
    expect(await gidsIn(folder)).toHaveLength(3)
    expect(await problemsOf(folder)).toEqual([])
  })

  test('has a name that every store takes, whatever the gid', async () => {
    const folder = newFolder()
    const sink = archiveIn(folder)
    for (const gid of ['../../x', 'a/b', '', 'é'.repeat(300)])
      await sink.write([{ ...eventAt(1, noon), gid }], going())
    const keys = await objectsIn(folder)
    expect(keys).toHaveLength(4)
    for (const key of keys)
      expect(key).toMatch(/^event\/day=2026-03-10\/12-00-00\.000-x-[0-9a-f]{32}\.jsonl\.gz$/)
    expect(await problemsOf(folder)).toEqual([])
  })
})

describe('an event', () => {
  test('is in the archive once, wherever the writes before and after a restart are cut', async () => {
    const folder = newFolder()
    const events = eventsFrom(noon, 60)
    const first = archiveIn(folder)
    await first.write(events.slice(0, 40), going())
    await first.close()
    const second = archiveIn(folder)
    await second.write(events.slice(20, 31), going())
    await second.write(events.slice(31, 60), going())
    expect((await gidsIn(folder)).sort()).toEqual(events.map(({ gid }) => gid).sort())
    expect(await problemsOf(folder)).toEqual([])
  })

  test('that comes again with another content is not stored again, and a warning says so', async () => {
    const folder = newFolder()
    const warnings: ArchiveWarning[] = []
    const sink = archiveIn(folder, { onWarning: (warning) => warnings.push(warning) })
    await sink.write([eventAt(1, noon), eventAt(2, noon)], going())
    await sink.write([eventAt(2, noon, { rewritten: true })], going())
    expect(warnings.map(({ code }) => code)).toEqual(['content_differs'])
    expect(warnings[0]?.message).toContain('1200000000000002')
    const [key = ''] = await objectsIn(folder)
    expect(await textOf(folder, key)).not.toContain('rewritten')
  })

  test('of several that come again with another content each counts in the warning', async () => {
    const folder = newFolder()
    const warnings: ArchiveWarning[] = []
    const sink = archiveIn(folder, { onWarning: (warning) => warnings.push(warning) })
    await sink.write(eventsFrom(noon, 3), going())
    await sink.write(
      eventsFrom(noon, 3).map((event) => ({ ...event, event_type: 'rewritten' })),
      going(),
    )
    expect(warnings.map(({ message }) => message)).toEqual([expect.stringContaining('and 2 more')])
  })

  test('is known in a copy of the archive, whose files have later times', async () => {
    const folder = newFolder()
    const clock = { now: () => noon + 60_000, sleep: () => Promise.resolve(), random: () => 0.5 }
    const before = archiveIn(folder, { clock })
    for (const number of [1, 2]) await before.write([eventAt(number, noon + number)], going())
    await before.close()
    const aMonthLater = new Date(noon + 30 * 86_400_000)
    for (const key of await objectsIn(folder)) await utimes(join(folder, key), aMonthLater, aMonthLater)
    const warnings: ArchiveWarning[] = []
    const copy = archiveIn(folder, { clock, onWarning: (warning) => warnings.push(warning) })
    await copy.write([eventAt(1, noon + 1, { rewritten: true })], going())
    expect(warnings.map(({ code }) => code)).toEqual(['content_differs'])
    await copy.write([eventAt(2, noon + 2)], going())
    expect((await verified(folder)).lanes).toMatchObject([{ entries: 2 }])
  })

  test('that appears late gets an object of its own', async () => {
    const folder = newFolder()
    const sink = archiveIn(folder)
    await sink.write([eventAt(1, noon), eventAt(3, noon + 2_000)], going())
    await sink.write([eventAt(2, noon + 1_000)], going())
    expect(await objectsIn(folder)).toHaveLength(2)
    expect(await gidsIn(folder)).toHaveLength(3)
    expect(await problemsOf(folder)).toEqual([])
  })

  test('without a gid or a time is refused, and those before it are safe', async () => {
    const folder = newFolder()
    const broken = { ...eventAt(3, noon), created_at: 'yesterday' }
    const found = await archiveIn(folder)
      .write([eventAt(1, noon), eventAt(2, noon), broken], going())
      .catch((error: unknown) => error)
    expect(found).toMatchObject({ fault: 'rejected', code: 'not_an_event', at: 2, accepted: 2 })
    expect(await gidsIn(folder)).toHaveLength(2)
  })
})

describe('an object without an entry in the manifest', () => {
  test('is recorded when its events come again, as the killed process left it', async () => {
    const folder = newFolder()
    const events = eventsFrom(noon, 10)
    const killed = folderStore({ path: folder })
    const dies = { ...killed, create: diesAfter(killed, 'event/') }
    await archiveIn(folder, { store: dies })
      .write(events.slice(0, 7), going())
      .catch(() => undefined)
    await killed.close()
    expect(await problemsOf(folder)).toMatchObject([
      expect.stringMatching(/^no_archive/),
      expect.stringMatching(/^not_recorded/),
    ])
    await archiveIn(folder).write(events.slice(0, 9), going())
    expect(await problemsOf(folder)).toEqual([])
    expect(await gidsIn(folder)).toHaveLength(9)
  })

  test('is not taken if it holds another content, and nothing is overwritten', async () => {
    const folder = newFolder()
    const planted = `${JSON.stringify(eventAt(0, noon, { planted: true }))}\n`
    const path = join(folder, 'event/day=2026-03-10/12-00-00.000-1200000000000000.jsonl.gz')
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, gzipSync(planted))
    const found = await archiveIn(folder)
      .write(eventsFrom(noon, 3), going())
      .catch((error: unknown) => error)
    expect(found).toMatchObject({ fault: 'fatal', code: 'not_ours', accepted: 0 })
    expect(String(found)).toContain('12-00-00.000-1200000000000000')
    expect(await filesIn(folder)).toEqual(['event/day=2026-03-10/12-00-00.000-1200000000000000.jsonl.gz'])
    expect(gzipSync(planted).equals(await readFile(path))).toBe(true)
  })

  test('is not opened if it is a named pipe', async () => {
    const folder = newFolder()
    const path = join(folder, 'event/day=2026-03-10/12-00-00.000-1200000000000000.jsonl.gz')
    await mkdir(dirname(path), { recursive: true })
    await namedPipe(path)
    await expect(archiveIn(folder).write(eventsFrom(noon, 3), going())).rejects.toMatchObject({
      ...{ fault: 'fatal', code: 'not_ours', accepted: 0 },
      message: expect.stringContaining('12-00-00.000-1200000000000000'),
    })
  })

  test('is named if it is a pipe in the place of the next entry', async () => {
    const folder = newFolder()
    const sink = archiveIn(folder)
    await sink.write(eventsFrom(noon, 3), going())
    const [entry = ''] = await objectsIn(folder, '_manifest/')
    expect(entry).toMatch(/1\.json$/)
    await namedPipe(join(folder, entry.replace('1.json', '2.json')))
    await expect(sink.write(eventsFrom(noon, 3, 10), going())).rejects.toMatchObject({
      ...{ fault: 'fatal', code: 'manifest_broken' },
      message: expect.stringMatching(/2\.json, is taken by something that cannot be read/),
    })
  })

  test('is not taken if it has the name of an object and not its first event', async () => {
    const folder = newFolder()
    const path = join(folder, 'event/day=2026-03-10/12-00-00.000-1200000000000000.jsonl.gz')
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, gzipSync(`${JSON.stringify(eventAt(77, noon))}\n`))
    const found = await archiveIn(folder)
      .write(eventsFrom(noon, 3), going())
      .catch((error: unknown) => error)
    expect(found).toMatchObject({ fault: 'fatal', code: 'not_ours' })
  })
})

describe('an archive', () => {
  test('that is written by another process is refused', async () => {
    const folder = newFolder()
    await archiveIn(folder).write(eventsFrom(noon, 1), going())
    const found = await archiveIn(folder)
      .write(eventsFrom(noon, 2), going())
      .catch((error: unknown) => error)
    expect(found).toMatchObject({ fault: 'fatal', code: 'archive_in_use' })
    expect(await gidsIn(folder)).toHaveLength(1)
  })

  test('without a lock for its writer, as in a bucket, shows by its manifest that another process writes', async () => {
    const folder = newFolder()
    const unlocked = (): ArchiveSinkOptions['store'] => ({
      ...folderStore({ path: folder }),
      claim: async () => {},
    })
    const [one, other] = [archiveIn(folder, { store: unlocked() }), archiveIn(folder, { store: unlocked() })]
    await one.write([eventAt(1, noon)], going())
    await other.write([eventAt(2, noon + 1)], going())
    const found = await one.write([eventAt(3, noon + 2)], going()).catch((error: unknown) => error)
    expect(found).toMatchObject({ fault: 'fatal', code: 'another_writer', accepted: 0 })
    expect(String(found)).toContain('_manifest/test/0000000002.json')
    await one.write([eventAt(3, noon + 2)], going())
    expect(await gidsIn(folder)).toHaveLength(3)
    expect(await problemsOf(folder)).toEqual([])
  })

  test('with an object that was cut off is not written on that day, and the fault names the object', async () => {
    const folder = newFolder()
    const first = archiveIn(folder)
    await first.write(eventsFrom(noon, 20), going())
    await first.close()
    const [key = ''] = await objectsIn(folder)
    const whole = await readFile(join(folder, key))
    await writeFile(join(folder, key), whole.subarray(0, whole.length - 12))
    const found = await archiveIn(folder)
      .write([eventAt(99, noon + 1)], going())
      .catch((error: unknown) => error)
    expect(found).toMatchObject({ fault: 'fatal', code: 'damaged_object' })
    expect(String(found)).toContain(key)
    expect(await objectsIn(folder)).toEqual([key])
  })

  test('whose manifest lacks a link is not written, and the fault names the link', async () => {
    const folder = newFolder()
    const first = archiveIn(folder)
    for (const minute of [0, 1, 2]) await first.write([eventAt(minute, noon + minute * 60_000)], going())
    await first.close()
    await rm(join(folder, '_manifest/test/0000000002.json'))
    const found = await archiveIn(folder)
      .write([eventAt(9, noon + 3_600_000)], going())
      .catch((error: unknown) => error)
    expect(found).toMatchObject({ fault: 'fatal', code: 'manifest_broken' })
    expect(String(found)).toContain('_manifest/test/0000000002.json')
    expect(await objectsIn(folder)).toHaveLength(3)
  })

  test('whose folder is gone is not begun anew at its place, and goes on when it is back', async () => {
    const folder = newFolder()
    const sink = archiveIn(folder)
    await sink.write([eventAt(1, noon)], going())
    await rename(folder, `${folder}-away`)
    await mkdir(folder)
    const found = await sink.write([eventAt(2, noon)], going()).catch((error: unknown) => error)
    expect(found).toMatchObject({ fault: 'temporary', code: 'archive_gone', accepted: 0 })
    expect(await filesIn(folder)).toEqual([])
    await rm(folder, { recursive: true })
    await rename(`${folder}-away`, folder)
    await sink.write([eventAt(2, noon)], going())
    expect(await gidsIn(folder)).toHaveLength(2)
    expect(await problemsOf(folder)).toEqual([])
  })

  test('leaves no half file behind, and removes what a killed process left', async () => {
    const folder = newFolder()
    await mkdir(join(folder, '.unfinished'), { recursive: true })
    await writeFile(join(folder, '.unfinished/half'), 'half')
    await archiveIn(folder).write(eventsFrom(noon, 1), going())
    await expect(stat(join(folder, '.unfinished/half'))).rejects.toThrow('ENOENT')
  })

  test('says how large writes are and how long events may wait', () => {
    const { prefers } = archiveIn(newFolder())
    expect(prefers).toEqual({ records: 20_000, bytes: 16_777_216, maxWaitMs: 900_000, inFlight: 1 })
  })

  test('of two pipelines has a chain for each', async () => {
    const folder = newFolder()
    for (const [number, lane] of ['acme', 'a / b'].entries()) {
      const sink = archiveIn(folder, { lane })
      await sink.write([eventAt(number, noon + number)], going())
      await sink.close()
    }
    const { lanes, problems } = await verified(folder)
    expect(problems).toEqual([])
    expect(lanes.map(({ lane, entries }) => [lane, entries])).toEqual([
      ['acme', 1],
      ['a / b', 1],
    ])
  })
})

test.each([
  ['store', { store: undefined }],
  ['lane', { lane: '' }],
  ['compression', { compression: 'snappy' }],
  ['maxRows', { maxRows: 0 }],
  ['maxBytes', { maxBytes: 1e12 }],
  ['maxAgeMs', { maxAgeMs: 3_600_000 }],
])('a wrong %s is refused at once', (name, wrong) => {
  const options = { store: folderStore({ path: newFolder() }), lane: 'test', ...wrong } as never
  expect(() => archiveSink(options)).toThrow(`The option ${name} of archiveSink must be`)
})

test('a wrong key is refused at once, and is not quoted', () => {
  const store = folderStore({ path: newFolder() })
  expect(() => archiveSink({ store, lane: 'test', signingKey: 's3cret-s3cret' })).toThrow(
    /^It is not an Ed25519 private key(?!.*s3cret)/,
  )
})

test('an unknown option is named', () => {
  try {
    archiveSink({ store: folderStore({ path: newFolder() }), lane: 'test', maxAge: 1 } as never)
  } catch (error) {
    expect(isFault(error) && error.code).toBe('unknown_option')
    return
  }
  expect.unreachable()
})

/** The `create` of a store whose process dies right after it has created an object in a folder. */
function diesAfter(store: ReturnType<typeof folderStore>, folder: string): typeof store.create {
  let isDead = false
  return async (key, bytes, signal) => {
    if (isDead) throw new Error('dead')
    const outcome = await store.create(key, bytes, signal)
    isDead = key.startsWith(folder)
    if (isDead) throw new Error('dead')
    return outcome
  }
}
