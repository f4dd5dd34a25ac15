import { generateKeyPairSync } from 'node:crypto'
import { cp, mkdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { systemClock } from '@asana-audit/core/sink-kit'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { flatColumns } from '../../src/formats/flat/flat-columns.ts'
import { writeParquet } from '../../src/formats/parquet/write-parquet.ts'
import { archiveSource, folderStore, readArchive, verifyArchive } from '../../src/index.ts'
import { readKey } from '../../src/layout/object-key.ts'
import { openManifestChain } from '../../src/manifest/manifest-chain.ts'
import { objectFacts } from '../../src/objects/object-facts.ts'
import { readObject } from '../../src/objects/read-object.ts'
import { eventAt, namedPipe, newFolder, noon, objectsIn, type TestEvent } from '../support/archive-folder.ts'
import { archiveIn, going, problemsOf, verified } from '../support/archive-in.ts'

const pem = { type: 'pkcs8', format: 'pem' } as const
const keys = generateKeyPairSync('ed25519')
const signingKey = keys.privateKey.export(pem) as string
const publicKey = keys.publicKey.export({ type: 'spki', format: 'pem' }) as string

/** Three objects of three events each, an hour apart; with the paths of the objects and of the entries. */
async function threeObjects(
  options: Parameters<typeof archiveIn>[1] = {},
): Promise<{ readonly folder: string; readonly keys: string[]; readonly entries: string[] }> {
  const folder = newFolder()
  const sink = archiveIn(folder, options)
  for (const hour of [0, 1, 2]) {
    const at = noon + hour * 3_600_000
    await sink.write(
      [0, 1, 2].map((second) => eventAt(hour * 3 + second, at + second * 1_000)),
      going(),
    )
  }
  await sink.close()
  const entries = [1, 2, 3].map((number) => `_manifest/test/000000000${number}.json`)
  return { folder, keys: await objectsIn(folder), entries }
}

/** Writes the events of an object anew. */
async function rewrite(
  folder: string,
  key: string,
  change: (events: TestEvent[]) => readonly TestEvent[],
): Promise<void> {
  const path = join(folder, key)
  const lines = gunzipSync(await readFile(path))
    .toString()
    .trimEnd()
    .split('\n')
  const events = lines.map((line) => JSON.parse(line) as TestEvent)
  const text = change(events).map((event) => `${JSON.stringify(event)}\n`)
  await writeFile(path, gzipSync(text.join('')))
}

/** Writes of these sizes, each of which makes an object of what the archive does not have. */
async function writeInTurn(
  folder: string,
  events: readonly TestEvent[],
  sizes: readonly number[],
): Promise<void> {
  const sink = archiveIn(folder)
  for (let [from, turn] = [0, 0]; from < events.length; from += sizes[turn]!, turn += 1)
    await sink.write(events.slice(from, from + sizes[turn]!), going())
  await sink.close()
}

/** An entry more for an object as it is now. */
async function recordAnew(
  folder: string,
  lane: string,
  key: string,
  replaces?: readonly string[],
): Promise<void> {
  const store = folderStore({ path: folder })
  const chain = await openManifestChain({ store, lane, signingKey: undefined, clock: systemClock })
  const bytes = await readFile(join(folder, key))
  const { format } = readKey(key)!.form
  await chain.append({ ...objectFacts(key, format, await readObject(key, bytes), bytes), replaces })
}

test('an archive that nobody touched has no problem, and a report says what it holds', async () => {
  const { folder } = await threeObjects()
  const { lanes, problems, ...report } = await verified(folder)
  expect(problems).toEqual([])
  expect(report).toEqual({
    place: folder,
    ...{ objects: 3, events: 9, first: '2026-03-10T12:00:00.000Z', last: '2026-03-10T14:00:02.000Z' },
    formats: [{ format: 'jsonl', objects: 3, events: 9 }],
  })
  expect(lanes).toEqual([{ lane: 'test', entries: 3, head: expect.stringMatching(/^[0-9a-f]{64}$/) }])
})

test('progress says how much was read, and how much there is', async () => {
  const { folder } = await threeObjects()
  const told: unknown[] = []
  await verified(folder, {
    onProgress: ({ entries, ofEntries, objects, ofObjects }) =>
      told.push(`${entries}/${ofEntries} ${objects}/${ofObjects}`),
  })
  expect(told).toEqual(['1/3 0/0', '2/3 0/0', '3/3 0/0', '3/3 1/3', '3/3 2/3', '3/3 3/3'])
})

test('a place without a manifest is a problem, whether it has objects or not', async () => {
  const { folder, keys } = await threeObjects()
  await rm(join(folder, '_manifest'), { recursive: true })
  expect(await problemsOf(folder)).toEqual([
    'no_archive _manifest/',
    ...keys.map((key) => `not_recorded ${key}`),
  ])
  await rm(join(folder, 'event'), { recursive: true })
  const { problems } = await verified(folder)
  expect(problems).toEqual([expect.objectContaining({ code: 'no_archive' })])
  expect(problems[0]?.message).toMatch(/holds no archive: it has no manifest\. Give the place/)
})

test('a copy of an archive is verified like the archive', async () => {
  const { folder } = await threeObjects()
  const copy = newFolder()
  await cp(folder, copy, { recursive: true })
  expect((await verified(copy)).lanes).toEqual((await verified(folder)).lanes)
  expect(await problemsOf(copy)).toEqual([])
})

describe('of objects it finds', () => {
  test('one that is missing', async () => {
    const { folder, keys } = await threeObjects()
    await rm(join(folder, keys[1]!))
    expect(await problemsOf(folder)).toEqual([`missing ${keys[1]}`])
    const { objects, events, formats } = await verified(folder)
    expect({ objects, events }).toEqual({ objects: 2, events: 6 })
    expect(formats).toEqual([{ format: 'jsonl', objects: 2, events: 6 }])
  })

  test.each<[string, (events: TestEvent[]) => readonly TestEvent[], string, RegExp]>([
    [
      'an event taken away',
      (events) => events.slice(1),
      'changed',
      /other events than were stored \(3 then, 2 now\)/,
    ],
    ['another event put in', (events) => [...events, eventAt(500, noon)], 'changed', /3 then, 4 now/],
    [
      'one event changed',
      ([first, ...more]) => [{ ...first!, event_type: 'user_deleted' }, ...more],
      'changed',
      /not all with the same content/,
    ],
    ['the events in another order', (events) => events.toReversed(), 'reordered', /all events are unchanged/],
  ])('one with %s', async (_, change, code, message) => {
    const { folder, keys } = await threeObjects()
    await rewrite(folder, keys[0]!, change)
    const { problems } = await verified(folder)
    expect(problems.map((one) => `${one.code} ${one.key}`)).toEqual([`${code} ${keys[0]}`])
    expect(problems[0]?.message).toMatch(message)
  })

  test('one that was cut off', async () => {
    const { folder, keys } = await threeObjects()
    const path = join(folder, keys[0]!)
    await writeFile(path, (await readFile(path)).subarray(0, 40))
    expect(await problemsOf(folder)).toEqual([`damaged ${keys[0]}`])
  })

  test('two that were swapped', async () => {
    const { folder, keys } = await threeObjects()
    const [one, other] = keys.map((key) => join(folder, key))
    await rename(one!, `${one}.x`)
    await rename(other!, one!)
    await rename(`${one}.x`, other!)
    expect(await problemsOf(folder)).toEqual([`swapped ${keys[0]}`, `swapped ${keys[1]}`])
  })

  test('one that no entry knows, and a file of somebody else', async () => {
    const { folder, keys } = await threeObjects()
    const added = keys[0]!.replace('12-00', '11-00')
    await cp(join(folder, keys[0]!), join(folder, added))
    await writeFile(join(folder, 'event/day=2026-03-10/part-0.parquet'), 'PAR1')
    expect(await problemsOf(folder)).toEqual([
      `not_recorded ${added}`,
      'foreign event/day=2026-03-10/part-0.parquet',
    ])
  })

  test('a file of somebody else anywhere, also beside the folders of an archive', async () => {
    const { folder } = await threeObjects()
    const ofSystems = ['.hidden', '.unfinished/a.parquet', 'event/.DS_Store', '_manifest/.DS_Store']
    const hidden = ['event/.part/a.jsonl.gz', 'flat/day=2026-03-10/.a.parquet']
    for (const key of ['notes.txt', 'other/day=2026-03-10/a.parquet', ...hidden, ...ofSystems]) {
      await mkdir(dirname(join(folder, key)), { recursive: true })
      await writeFile(join(folder, key), 'x')
    }
    expect(await problemsOf(folder)).toEqual([
      'foreign event/.part/a.jsonl.gz',
      // DuckDB reads it.
      'foreign flat/day=2026-03-10/.a.parquet',
      'foreign notes.txt',
      'foreign other/day=2026-03-10/a.parquet',
    ])
  })

  test('in a folder that is no archive not the files of others', async () => {
    const { folder } = await threeObjects()
    await writeFile(join(folder, '../notes.txt'), 'x')
    expect(await problemsOf(dirname(folder))).toEqual(['no_archive _manifest/'])
  })

  test('a named pipe and links to a device and to nothing, of any name, and opens none of them', async () => {
    const { folder, keys, entries } = await threeObjects()
    const day = dirname(keys[0]!)
    await rm(join(folder, keys[1]!))
    await rm(join(folder, entries[2]!))
    for (const key of [`${day}/notes`, `${day}/23-00-00.000-1.jsonl.gz`, keys[1]!, entries[2]!])
      await namedPipe(join(folder, key))
    await symlink('/dev/zero', join(folder, `${day}/zeros`))
    await symlink('nowhere', join(folder, 'gone'))
    const { problems } = await verified(folder)
    expect(problems.map(({ code, key }) => `${code} ${key}`).sort()).toEqual(
      [
        ...[`${day}/notes`, `${day}/23-00-00.000-1.jsonl.gz`, `${day}/zeros`, 'gone'].map(
          (key) => `foreign ${key}`,
        ),
        ...[`foreign ${keys[1]}`, `foreign ${entries[2]}`, `missing ${keys[1]}`, `not_recorded ${keys[2]}`],
      ].sort(),
    )
    expect(problems.find(({ key }) => key.endsWith('notes'))?.message).toContain('is a named pipe')
    expect(problems.find(({ key }) => key.endsWith('zeros'))?.message).toContain('is a device')
    expect(problems.find(({ key }) => key === 'gone')?.message).toContain('is a link that leads nowhere')
  })

  test('an event that is in two of them', async () => {
    const { folder, keys } = await threeObjects()
    await rewrite(folder, keys[1]!, (events) => [eventAt(0, noon), ...events])
    const { problems } = await verified(folder)
    expect(problems.find(({ code }) => code === 'twice')).toMatchObject({
      gid: eventAt(0, noon).gid,
      key: keys[1],
    })
  })

  test('one whose entry has a digest of other rows', async () => {
    const { folder, keys, entries } = await threeObjects()
    const path = join(folder, entries[2]!)
    const entry = JSON.parse(await readFile(path, 'utf8')) as { ids_sha256: string; content_sha256: string }
    const text = (await readFile(path, 'utf8')).replace(entry.ids_sha256, entry.content_sha256)
    await writeFile(path, text)
    expect(await problemsOf(folder)).toEqual([`entry_differs ${keys[2]}`])
  })
})

describe('of the manifest it finds', () => {
  test('an entry that is missing in the middle', async () => {
    const { folder, keys, entries } = await threeObjects()
    await rm(join(folder, entries[1]!))
    expect(await problemsOf(folder)).toEqual([`entry_missing ${entries[1]}`, `not_recorded ${keys[1]}`])
  })

  test('entries that are missing before one that is damaged, with the key of the first', async () => {
    const { folder, keys, entries } = await threeObjects()
    await rm(join(folder, entries[0]!))
    await rm(join(folder, entries[1]!))
    await writeFile(join(folder, entries[2]!), 'x')
    const { lanes, problems } = await verified(folder)
    expect(problems.map(({ code, key }) => `${code} ${key}`)).toEqual([
      `entry_missing ${entries[0]}`,
      `entry_damaged ${entries[2]}`,
      ...keys.map((key) => `not_recorded ${key}`),
    ])
    expect(lanes).toMatchObject([{ lane: '_manifest/test/', entries: 1 }])
  })

  test('an entry that was changed, by the entry after it', async () => {
    const { folder, entries } = await threeObjects()
    const path = join(folder, entries[0]!)
    await writeFile(
      path,
      (await readFile(path, 'utf8')).replace(/"written_at":"20\d\d/, '"written_at":"1999'),
    )
    expect(await problemsOf(folder)).toEqual([`chain_broken ${entries[1]}`])
  })

  test('an entry that is no JSON', async () => {
    const { folder, keys, entries } = await threeObjects()
    await writeFile(join(folder, entries[1]!), 'x')
    expect(await problemsOf(folder)).toEqual([`entry_damaged ${entries[1]}`, `not_recorded ${keys[1]}`])
  })

  test('an entry whose number is too large, and stops looking for entries after it', async () => {
    const { folder } = await threeObjects()
    const planted = `_manifest/test/1${'0'.repeat(20)}.json`
    await writeFile(join(folder, planted), 'x')
    expect(await problemsOf(folder)).toEqual([`foreign ${planted}`])
  })

  test.each(['../secret', 'event/day=2026-03-10/../../../secret', '/etc/hostname', '_archive.json'])(
    'an entry whose key leads elsewhere, and does not follow it: %s',
    async (elsewhere) => {
      const { folder, keys, entries } = await threeObjects()
      const path = join(folder, entries[2]!)
      const entry = (await readFile(path, 'utf8')).replace(keys[2]!, elsewhere)
      await writeFile(path, entry)
      const store = folderStore({ path: folder })
      const read: string[] = []
      const { problems } = await verifyArchive({
        store: {
          ...store,
          read(key, signal) {
            read.push(key)
            return store.read(key, signal)
          },
        },
      })
      expect(problems.map((one) => `${one.code} ${one.key}`)).toEqual([
        `entry_damaged ${entries[2]}`,
        `not_recorded ${keys[2]}`,
      ])
      expect(read).not.toContain(elsewhere)
    },
  )

  test('an object that was changed and recorded anew behind the head that was noted', async () => {
    const { folder, keys } = await threeObjects()
    const { head } = (await verified(folder)).lanes[0]!
    await rewrite(folder, keys[1]!, ([one, ...more]) => [{ ...one!, event_type: 'user_deleted' }, ...more])
    await recordAnew(folder, 'test', keys[1]!)
    expect(await problemsOf(folder, { head })).toEqual([`recorded_twice ${keys[1]}`])
  })

  test('the same in a lane of its own, also by who reads the events', async () => {
    const { folder, keys } = await threeObjects()
    await rewrite(folder, keys[1]!, ([one, ...more]) => [{ ...one!, event_type: 'user_deleted' }, ...more])
    await recordAnew(folder, 'another', keys[1]!)
    expect(await problemsOf(folder)).toContain(`recorded_twice ${keys[1]}`)
    const told: string[] = []
    const reading = readArchive({
      store: folderStore({ path: folder }),
      onProblem: ({ code }) => told.push(code),
    })
    for await (const _ of reading);
    expect(told).toContain('recorded_twice')
  })

  describe('an object that was lost and came again with other borders', () => {
    const at = noon + 3_600_000
    const lost = [0, 1, 2].map((second) => eventAt(3 + second, at + second * 1_000))

    async function cameAgain(...writes: (readonly TestEvent[])[]): Promise<{ folder: string; key: string }> {
      const { folder, keys } = await threeObjects()
      await rm(join(folder, keys[1]!))
      const sink = archiveIn(folder)
      for (const events of writes) await sink.write(events, going())
      await sink.close()
      return { folder, key: keys[1]! }
    }

    test('is no problem while the archive holds all its events, and they are read', async () => {
      const { folder } = await cameAgain(lost.slice(0, 2), lost.slice(2))
      expect(await verified(folder)).toMatchObject({ problems: [], events: 9, objects: 4 })
      const store = folderStore({ path: folder })
      expect(await Array.fromAsync(readArchive({ store }))).toHaveLength(9)
      // Also of a part of its time.
      const until = new Date(at + 1_000).toISOString()
      expect(await Array.fromAsync(readArchive({ store, until }))).toHaveLength(4)
      const batches = await Array.fromAsync(archiveSource({ store }).read(undefined))
      expect(batches.flatMap(({ events }) => events)).toHaveLength(9)
    })

    test('is no problem for any times of its events, any limits of objects and any events that come meanwhile', async () => {
      const step = fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 1_000_000 }))
      const sizes = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 15, maxLength: 15 })
      const arrives = fc.constantFrom('in time', 'in time', 'in time', 'late', 'after the loss')
      const some = fc.array(fc.record({ step, arrives }), { minLength: 2, maxLength: 15 })
      await fc.assert(
        fc.asyncProperty(
          some,
          sizes,
          sizes,
          fc.nat(),
          fc.boolean(),
          async (log, before, after, lost, both) => {
            let at = noon
            const events = log.map(({ step: ms }, index) => {
              at += ms
              return eventAt(index, at)
            })
            const those = (when: string): TestEvent[] =>
              events.filter((_, index) => log[index]!.arrives === when)
            fc.pre(those('in time').length > 0)
            const folder = newFolder()
            await writeInTurn(folder, those('in time'), before)
            await writeInTurn(folder, those('late'), before)
            const objects = await objectsIn(folder)
            await rm(join(folder, objects[lost % objects.length]!))
            if (both) await rm(join(folder, objects[(lost + 1) % objects.length]!), { force: true })
            await writeInTurn(folder, events, after)
            expect(await problemsOf(folder)).toEqual([])
          },
        ),
        { numRuns: 60 },
      )
    })

    test('is no problem if its events come with the next ones, and a millisecond is in both', async () => {
      const next = [eventAt(90, at + 2_000), eventAt(91, at + 3_000)]
      const { folder } = await cameAgain(lost.slice(0, 1), [...lost.slice(1), ...next])
      expect(await verified(folder)).toMatchObject({ problems: [], events: 11 })
    })

    test.each([1, 2])('is no problem if %d late events came in between meanwhile', async (count) => {
      const late = [eventAt(90, at + 500), eventAt(91, at + 1_500)].slice(0, count)
      const again = [...lost, ...late].toSorted((one, other) => (one.created_at < other.created_at ? -1 : 1))
      const { folder } = await cameAgain(again.slice(0, 3), again.slice(3))
      expect(await verified(folder)).toMatchObject({ problems: [], events: 9 + count })
    })

    test('is no problem if a late event came before the first one, so that it has another name now', async () => {
      const late = eventAt(90, at - 500)
      const { folder, key } = await cameAgain([late, ...lost])
      expect(await objectsIn(folder)).not.toContain(key)
      expect(await verified(folder)).toMatchObject({ problems: [], events: 10 })
      const store = folderStore({ path: folder })
      expect(await Array.fromAsync(readArchive({ store }))).toHaveLength(10)
      const batches = await Array.fromAsync(archiveSource({ store }).read(undefined))
      expect(batches.flatMap(({ events }) => events)).toHaveLength(10)
    })

    test('is no problem if the object after it was lost, too, and both came again as one', async () => {
      const { folder, keys } = await threeObjects()
      for (const key of keys.slice(1)) await rm(join(folder, key))
      const sink = archiveIn(folder)
      const after = [0, 1, 2].map((second) => eventAt(6 + second, at + 3_600_000 + second * 1_000))
      await sink.write([...lost, ...after], going())
      await sink.close()
      expect(await verified(folder)).toMatchObject({ problems: [], events: 9, objects: 2 })
    })

    test.each([
      ['did not come again', lost.slice(0, 2)],
      ['came again with another content', [...lost.slice(0, 2), eventAt(5, at + 2_000, { other: true })]],
    ])('is missing under its name if a late event came before it and an event %s', async (_, again) => {
      const { folder, key } = await cameAgain([eventAt(90, at - 500), ...again])
      expect(await problemsOf(folder)).toEqual([`missing ${key}`])
    })

    test('is looked for until somebody stops it', async () => {
      // So many late events that there are thousands of choices which of them to leave out.
      const half = Array.from({ length: 50 }, (_, index) => eventAt(100 + index, at + index * 20))
      const late = half.map((_, index) => eventAt(300 + index, at + index * 20 + 10)).slice(0, 2)
      const folder = newFolder()
      await writeInTurn(folder, half, [50])
      const [key = ''] = await objectsIn(folder)
      await rm(join(folder, key))
      // One has another content, so that no choice is the right one.
      const again = [eventAt(90, at - 500), ...half.slice(0, -1), eventAt(999, at + 49 * 20), ...late]
      await writeInTurn(folder, again, [53])
      expect(await problemsOf(folder)).toEqual([`missing ${key}`])
      const stop = new AbortController()
      const store = folderStore({ path: folder })
      const stopping = {
        ...store,
        async read(of: string, signal?: AbortSignal) {
          const bytes = await store.read(of, signal)
          if (of === key) setImmediate(() => stop.abort(new Error('stopped')))
          return bytes
        },
      }
      await expect(verifyArchive({ store: stopping, signal: stop.signal })).rejects.toThrow('stopped')
    })

    test('is one if a late event came and an event with another content', async () => {
      const [first, second, third] = lost as [TestEvent, TestEvent, TestEvent]
      const late = eventAt(90, at + 500)
      const { folder, key } = await cameAgain([first, late, { ...second, event_type: 'other' }, third])
      expect(await problemsOf(folder)).toEqual([`recorded_twice ${key}`])
    })

    test('is one if an event did not come again', async () => {
      const { folder, key } = await cameAgain(lost.slice(0, 2))
      expect(await problemsOf(folder)).toEqual([`recorded_twice ${key}`])
    })

    test('is one if an event came again with another content', async () => {
      const { folder, key } = await cameAgain(lost.slice(0, 2), [eventAt(5, at + 2_000, { other: true })])
      expect(await problemsOf(folder)).toEqual([`recorded_twice ${key}`])
    })
  })

  test('an object that two pipelines recorded alike is no problem', async () => {
    const { folder, keys } = await threeObjects()
    await recordAnew(folder, 'another', keys[1]!)
    expect(await problemsOf(folder)).toEqual([])
  })

  test('objects that are gone, and said to be joined into each other', async () => {
    const { folder, keys } = await threeObjects()
    await recordAnew(folder, 'x', keys[0]!, [keys[1]!, keys[2]!])
    await recordAnew(folder, 'y', keys[1]!, [keys[0]!, keys[2]!])
    for (const key of keys) await rm(join(folder, key))
    const problems = await problemsOf(folder)
    expect(problems).toEqual(keys.map((key) => `missing ${key}`))
  })

  describe('objects that are gone, and said to be joined by an entry behind the head that was noted', () => {
    test('although the object that it names is there, and has another entry', async () => {
      const { folder, keys } = await threeObjects()
      const { head } = (await verified(folder)).lanes[0]!
      // The real entry comes last.
      await recordAnew(folder, 'a', keys[2]!, [keys[0]!, keys[1]!])
      await rm(join(folder, keys[0]!))
      await rm(join(folder, keys[1]!))
      expect(await problemsOf(folder, { head })).toEqual([`join_differs ${keys[2]}`])
    })

    test('although the object that it names is joined into one that is there', async () => {
      const { folder, keys } = await threeObjects()
      const { head } = (await verified(folder)).lanes[0]!
      const [gone, moved, last] = keys as [string, string, string]
      // It has the events of the last two objects, and the entry of one that was never there says that this held the first.
      const joined = moved.replace('.jsonl', '.joined-0123456789abcdef.jsonl')
      const never = moved.replace('.jsonl', '.joined-fedcba9876543210.jsonl')
      await cp(join(folder, moved), join(folder, never))
      await recordAnew(folder, 'z', never, [gone, moved])
      const contents = [moved, last].map((key) => readFile(join(folder, key)))
      const lines = (await Promise.all(contents)).map((bytes) => gunzipSync(bytes))
      await writeFile(join(folder, joined), gzipSync(Buffer.concat(lines)))
      await recordAnew(folder, 'z', joined, [never, last])
      for (const key of [gone, moved, last, never]) await rm(join(folder, key))
      expect(await problemsOf(folder, { head })).toEqual([`join_differs ${joined}`])
    })
  })

  test('columns of Parquet that were changed and recorded anew, with the events as they were', async () => {
    const { folder } = await threeObjects({ formats: ['flat'] })
    const { head } = (await verified(folder)).lanes[0]!
    const key = (await objectsIn(folder, 'flat/'))[1]!
    const rows = await readObject(key, await readFile(join(folder, key)))
    const columns = flatColumns.map((column) =>
      column.elements[0].name === 'actor_name' ? { ...column, value: () => 'Somebody else' } : column,
    )
    await writeFile(join(folder, key), await writeParquet({ columns, rows, metadata: {} }))
    await recordAnew(folder, 'test', key)
    expect(await problemsOf(folder, { head })).toEqual([`changed ${key}`])
  })

  test('newer objects and their entries taken away together, by the head that was noted', async () => {
    const { folder, keys, entries } = await threeObjects()
    const { head } = (await verified(folder)).lanes[0]!
    await rm(join(folder, keys[2]!))
    await rm(join(folder, entries[2]!))
    expect(await problemsOf(folder)).toEqual([])
    expect(await problemsOf(folder, { head })).toEqual(['head_missing _manifest/'])
    expect(await problemsOf(folder, { head: [head] })).toEqual(['head_missing _manifest/'])
  })

  test('with the head of an earlier time nothing, although the chain has grown', async () => {
    const { folder } = await threeObjects()
    const { head } = (await verified(folder)).lanes[0]!
    await archiveIn(folder).write([eventAt(100, noon + 86_400_000)], going())
    expect(await problemsOf(folder, { head })).toEqual([])
  })
})

describe('with a public key', () => {
  test('it accepts what was signed with the private key', async () => {
    const { folder } = await threeObjects({ signingKey })
    expect(await problemsOf(folder, { publicKey })).toEqual([])
  })

  test('it names entries that are not signed, with one problem for all that follow each other', async () => {
    const { folder, entries } = await threeObjects()
    const { problems } = await verified(folder, { publicKey })
    const [first, , last] = entries
    expect(problems).toEqual([
      {
        ...{ code: 'unsigned', key: first, entries: { count: 3, last } },
        message: expect.stringMatching(`^3 entries, from ${first} to ${last}, were not signed\\.`),
      },
    ])
  })

  test('an entry without a signature after signed ones is a problem of its own', async () => {
    const { folder, entries } = await threeObjects()
    const later = async (number: number, key: string | undefined): Promise<void> => {
      const sink = archiveIn(folder, { signingKey: key })
      await sink.write([eventAt(100 + number, noon + number * 3_600_000)], going())
      await sink.close()
    }
    await later(3, signingKey)
    await later(4, signingKey)
    await later(5, undefined)
    const { problems } = await verified(folder, { publicKey })
    expect(problems).toMatchObject([
      { code: 'unsigned', key: entries[0], entries: { count: 3, last: entries[2] } },
      { code: 'unsigned', key: '_manifest/test/0000000006.json' },
    ])
    expect(problems[1]).not.toHaveProperty('entries')
  })

  test('it names entries of another key', async () => {
    const other = generateKeyPairSync('ed25519').privateKey.export(pem) as string
    const { folder, entries } = await threeObjects({ signingKey: other })
    expect(await verified(folder, { publicKey })).toMatchObject({
      problems: [{ code: 'bad_signature', key: entries[0], entries: { count: 3, last: entries[2] } }],
    })
  })

  test('several keys may be given, for an archive whose key was changed', async () => {
    const other = generateKeyPairSync('ed25519')
    const { folder } = await threeObjects({ signingKey })
    const sink = archiveIn(folder, { signingKey: other.privateKey.export(pem) as string })
    await sink.write([eventAt(100, noon + 86_400_000)], going())
    const newer = other.publicKey.export({ type: 'spki', format: 'pem' }) as string
    expect(await problemsOf(folder, { publicKey: newer })).toEqual([
      'bad_signature _manifest/test/0000000001.json',
    ])
    expect(await problemsOf(folder, { publicKey: [publicKey, newer] })).toEqual([])
  })

  test('it names the newest entry if that was changed, which the chain alone cannot show', async () => {
    const { folder, entries } = await threeObjects({ signingKey })
    const path = join(folder, entries[2]!)
    await writeFile(
      path,
      (await readFile(path, 'utf8')).replace(/"written_at":"20\d\d/, '"written_at":"1999'),
    )
    expect(await problemsOf(folder)).toEqual([])
    expect(await problemsOf(folder, { publicKey })).toEqual([`bad_signature ${entries[2]}`])
  })

  test.each([
    ['a private key', signingKey],
    ['no key', 'x'],
  ])('it refuses %s', async (_, wrong) => {
    const { folder } = await threeObjects()
    await expect(verified(folder, { publicKey: wrong })).rejects.toThrow(/^It is not an Ed25519 public key/)
  })
})
