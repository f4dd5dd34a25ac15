import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { ChainHead } from '../src/index.ts'
import { eventAt, filesIn, newFolder, noon, objectsIn } from './support/archive-folder.ts'
import { archiveIn, going, verified } from './support/archive-in.ts'

/** Two objects; with the heads that the sink told, in order. */
async function twoObjects(): Promise<{ readonly folder: string; readonly heads: readonly ChainHead[] }> {
  const folder = newFolder()
  const heads: ChainHead[] = []
  const sink = archiveIn(folder, { onHead: (head) => void heads.push(head) })
  for (const minute of [0, 1]) await sink.write([eventAt(minute, noon + minute * 60_000)], going())
  await sink.close()
  return { folder, heads }
}

test('the sink tells the head of the chain after each entry', async () => {
  const { folder, heads } = await twoObjects()
  expect(heads.map(({ lane, sequence }) => `${lane} ${sequence}`)).toEqual(['test 1', 'test 2'])
  const { lanes } = await verified(folder)
  expect(lanes.map(({ head }) => head)).toEqual([heads[1]?.sha256])
})

test('an entry that a killed process left out, and that the next process writes, is reported too', async () => {
  const { folder } = await twoObjects()
  await rm(join(folder, '_manifest/test/0000000002.json'))
  const heads: ChainHead[] = []
  await archiveIn(folder, { onHead: (head) => void heads.push(head) }).write(
    [eventAt(1, noon + 60_000)],
    going(),
  )
  expect(heads).toMatchObject([{ sequence: 2 }])
})

test('nothing is written once the newest object and its entry were taken away together', async () => {
  const { folder, heads } = await twoObjects()
  await rm(join(folder, '_manifest/test/0000000002.json'))
  await rm(join(folder, (await objectsIn(folder))[1]!))
  const files = await filesIn(folder)
  const later = [eventAt(5, noon + 300_000)]
  await expect(archiveIn(folder, { head: heads[1] }).write(later, going())).rejects.toMatchObject({
    fault: 'fatal',
    code: 'manifest_broken',
    message: expect.stringContaining('_manifest/test/0000000002.json'),
  })
  expect(await filesIn(folder)).toEqual(files)
})

test('an earlier head does no harm', async () => {
  const { folder, heads } = await twoObjects()
  await archiveIn(folder, { head: heads[0] }).write([eventAt(5, noon + 300_000)], going())
  expect(await objectsIn(folder)).toHaveLength(3)
})
