import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Identified } from '@asana-audit/core'
import { systemClock } from '@asana-audit/core/sink-kit'
import { relevancePolicy } from '@asana-audit/schema'
import { parseLosslessJson, toJsonText } from '@asana-audit/schema/lossless'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { arbitraryEvent } from '../../../schema/test/support/arbitrary-event.ts'
import { lineView } from '../../src/formats/views/line-view.ts'
import { archiveSource, folderStore, readArchive } from '../../src/index.ts'
import { openManifestChain } from '../../src/manifest/manifest-chain.ts'
import { encodeObject } from '../../src/objects/encode-object.ts'
import { digestOf } from '../../src/objects/object-facts.ts'
import { eventsFrom, gidsIn, newFolder, noon, objectsIn, textOf } from '../support/archive-folder.ts'
import { archiveIn, going, problemsOf, verified } from '../support/archive-in.ts'
import { deliverWithDeaths } from '../support/deliver-with-deaths.ts'
import { hostileEvents } from '../support/hostile-events.ts'

const names = ['ocsf_jsonl', 'ecs', 'cim'] as const

describe.each(names)('the view %s', (name) => {
  const formats = ['jsonl', name] as const

  test('stands beside the record, one line an event, and archive verify reads both', async () => {
    const folder = newFolder()
    const events = eventsFrom(noon, 5)
    await archiveIn(folder, { formats }).write(events, going())
    expect(await objectsIn(folder, `${name}/`)).toEqual([
      `${name}/day=2026-03-10/12-00-00.000-${events[0]!.gid}.jsonl.gz`,
    ])
    expect(await gidsIn(folder, `${name}/`)).toEqual(events.map(({ gid }) => gid))
    expect(await verified(folder)).toMatchObject({
      ...{ events: 5, problems: [] },
      formats: [
        { format: 'jsonl', events: 5 },
        { format: name, events: 5 },
      ],
    })
  })

  test('of any event is a line that is read back as it was written', async () => {
    const form = lineView(name, 'zstd')
    await fc.assert(
      fc.asyncProperty(fc.array(arbitraryEvent, { minLength: 1, maxLength: 4 }), async (sent) => {
        const events = sent.map((event) => parseLosslessJson(toJsonText(event)) as Identified)
        const rows = await form.rowsOf(events)
        const back = (await form.decode(await form.encode(rows))) as Identified[]
        expect(back.map(digestOf)).toEqual(rows.map(digestOf))
        expect(back.map(({ created_at }) => created_at)).toEqual(events.map(({ created_at }) => created_at))
      }),
      { numRuns: 30 },
    )
  })

  test('holds events that have broken other writers', async () => {
    const folder = newFolder()
    const events = hostileEvents.filter(({ actor }) => typeof actor === 'object')
    await archiveIn(folder, { formats }).write(events, going())
    expect(await problemsOf(folder)).toEqual([])
    expect((await verified(folder)).events).toBe(events.length)
  })

  test('has each event once, however often a process dies in between', async () => {
    const folder = newFolder()
    const events = eventsFrom(noon, 30)
    const lives = [1, 2, 3, 4, 5].map((creations) => ({ size: 4 + creations, creations }))
    await deliverWithDeaths(folder, events, lives, { formats })
    expect((await gidsIn(folder, `${name}/`)).toSorted()).toEqual(events.map(({ gid }) => gid))
    expect(await problemsOf(folder)).toEqual([])
  })

  test('that was changed is found', async () => {
    const folder = newFolder()
    const events = eventsFrom(noon, 3)
    await archiveIn(folder, { formats }).write(events, going())
    const [key = ''] = await objectsIn(folder, `${name}/`)
    const form = lineView(name, 'gzip', { relevance: relevancePolicy({ user_login_succeeded: 'critical' }) })
    await writeFile(join(folder, key), await form.encode(await form.rowsOf(events)))
    expect(await problemsOf(folder)).toEqual([`changed ${key}`])
    const bytes = await readFile(join(folder, key))
    await writeFile(join(folder, key), bytes.subarray(0, 20))
    expect(await problemsOf(folder)).toEqual([`damaged ${key}`])
  })
})

test('a view says the workspace and the relevance that it was given', async () => {
  const folder = newFolder()
  const view = { workspace: '77', relevance: relevancePolicy({ user_login_succeeded: 'critical' }) }
  await archiveIn(folder, { formats: ['jsonl', 'cim'], view }).write(eventsFrom(noon, 1), going())
  const [key = ''] = await objectsIn(folder, 'cim/')
  expect(JSON.parse(await textOf(folder, key))).toMatchObject({ vendor_account: '77', severity: 'critical' })
})

describe('of a day that is only in a view', () => {
  /** As a copy without the record has it. */
  async function withoutRecord(): Promise<{ folder: string; key: string }> {
    const folder = newFolder()
    await archiveIn(folder).write(eventsFrom(noon, 3), going())
    const store = folderStore({ path: folder })
    const chain = await openManifestChain({ store, lane: 'x', signingKey: undefined, clock: systemClock })
    const form = lineView('ecs', 'gzip')
    const [first, ...more] = await form.rowsOf(eventsFrom(noon + 86_400_000, 2))
    const { bytes, facts } = await encodeObject(form, [first!, ...more])
    await store.create(facts.key, bytes)
    await chain.append(facts)
    await store.close()
    return { folder, key: facts.key }
  }

  test('readArchive names the object, and gives the rest', async () => {
    const { folder, key } = await withoutRecord()
    const told: string[] = []
    const store = folderStore({ path: folder })
    const read = readArchive({ store, onProblem: (one) => told.push(`${one.code} ${one.key}`) })
    expect(await Array.fromAsync(read)).toHaveLength(3)
    expect(told).toEqual([`unreadable ${key}`])
    await expect(Array.fromAsync(readArchive({ store }))).rejects.toMatchObject({
      code: 'archive_incomplete',
    })
  })

  test('archiveSource names it once, and does not end as if it had given everything', async () => {
    const { folder, key } = await withoutRecord()
    const store = folderStore({ path: folder })
    await expect(Array.fromAsync(archiveSource({ store }).read(undefined))).rejects.toMatchObject({
      code: 'archive_incomplete',
      message: expect.stringContaining(key),
    })
    const told: string[] = []
    const source = archiveSource({ store, onProblem: (one) => told.push(`${one.code} ${one.key}`) })
    const batches = await Array.fromAsync(source.read(undefined))
    expect(batches.flatMap(({ events }) => events)).toHaveLength(3)
    expect(told).toEqual([`unreadable ${key}`])
    await Array.fromAsync(source.read(batches.at(-1)!.cursor))
    expect(told).toHaveLength(1)
  })
})

test.each(names)('%s alone is refused at once, with a good value', (name) => {
  expect(() => archiveIn(newFolder(), { formats: [name] })).toThrow(`for example [jsonl, ${name}]`)
})
