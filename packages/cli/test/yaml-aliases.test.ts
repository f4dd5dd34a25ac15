import { writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { readSettings } from '../src/config/read-settings.ts'
import { temporaryFolder } from './temporary-folder.ts'

const file = temporaryFolder()

async function reading(text: string): Promise<unknown> {
  writeFileSync(file('p.yaml'), text)
  return readSettings({ config: file('p.yaml') }, { ASANA_TOKEN: 'secret' })
}

test('texts that begin with * and are not in quotes are told by their lines, and not repeated', async () => {
  const text = 'pipelines:\n  - { workspace: 1, to: stdout, name: *a }\n  - { workspace: *pass, to: stdout }'
  const found = await reading(text)
  expect(found).toEqual({
    problems: [
      { setting: file('p.yaml'), message: expect.stringMatching(/^Line 2 .*in quotes/) },
      { setting: file('p.yaml'), message: expect.stringMatching(/^Line 3 .*in quotes/) },
    ],
  })
  expect(JSON.stringify(found)).not.toContain('pass')
})

test('so many aliases that they could only exhaust the memory are a problem', async () => {
  const tenTimes = (name: string, before: string): string =>
    `${name}: &${name} [${Array(10).fill(`*${before}`).join(', ')}]`
  const text = ['a: &a [x]', ...[...'bcdefg'].map((name, n) => tenTimes(name, 'abcdef'[n] ?? ''))].join('\n')
  expect(await reading(text)).toMatchObject({
    problems: [{ setting: file('p.yaml'), message: expect.stringContaining('too many aliases') }],
  })
})
