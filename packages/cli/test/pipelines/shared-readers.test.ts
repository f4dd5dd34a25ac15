import { expect, test } from 'vitest'
import { readSettings } from '../../src/config/read-settings.ts'
import { readerSharing } from '../../src/pipelines/run/shared-readers.ts'
import { settingFiles } from '../support/setting-files.ts'

const { yamlFile } = settingFiles()

async function pipelines() {
  const of = (name: string, workspace: string) => ({
    name,
    workspace,
    to: { file: { path: `${name}.jsonl` } },
  })
  const config = yamlFile({
    pipelines: [of('a', '1'), of('b', '1'), of('c', '1'), of('d', '2'), of('e', '2')],
  })
  const reading = await readSettings({ config }, { ASANA_TOKEN: 't' })
  if ('problems' in reading) throw new Error(JSON.stringify(reading.problems))
  return reading.settings.pipelines
}

test('a pipeline that starts later joins those that share already', async () => {
  const [a, b, c, d, e] = await pipelines()
  if (!a || !b || !c || !d || !e) throw new Error('expected five')
  const share = readerSharing()
  const first = share([a, b, d])
  expect([a, b, d].map((one) => first.get(one)?.name)).toEqual(['a', 'b', undefined])
  const common = first
    .get(a)
    ?.begin('all')
    .common('thing', () => ({}))

  const later = share([c, e])
  expect([c, e].map((one) => later.get(one)?.name)).toEqual(['c', undefined])
  expect(
    later
      .get(c)
      ?.begin('all')
      .common('thing', () => ({})),
  ).toBe(common)
})

test('two pipelines that started alone share once they start together', async () => {
  const [, , , d, e] = await pipelines()
  if (!d || !e) throw new Error('expected five')
  const share = readerSharing()
  expect([share([d]).get(d), share([e]).get(e)]).toEqual([undefined, undefined])
  const together = share([d, e])
  expect([d, e].map((one) => together.get(one)?.name)).toEqual(['d', 'e'])
})
