import { writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { readSettings } from '../../src/config/read-settings.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const file = temporaryFolder()

async function reading(text: string): Promise<unknown> {
  writeFileSync(file('p.yaml'), text)
  return readSettings({ config: file('p.yaml') }, { ASANA_TOKEN: 'secret' })
}

test('unquoted texts that begin with * are reported by line and not quoted', async () => {
  const text = 'pipelines:\n  - { workspace: 1, to: stdout, name: *a }\n  - { workspace: *pass, to: stdout }'
  const found = await reading(text)
  expect(found).toEqual({
    problems: [
      { setting: `${file('p.yaml')}, line 2`, message: expect.stringContaining('in quotes') },
      { setting: `${file('p.yaml')}, line 3`, message: expect.stringContaining('in quotes') },
    ],
  })
  expect(JSON.stringify(found)).not.toContain('pass')
})

test('so many aliases that they would exhaust the memory are a problem', async () => {
  const tenTimes = (name: string, before: string): string =>
    `${name}: &${name} [${Array(10).fill(`*${before}`).join(', ')}]`
  const text = ['a: &a [x]', ...[...'bcdefg'].map((name, n) => tenTimes(name, 'abcdef'[n] ?? ''))].join('\n')
  expect(await reading(text)).toMatchObject({
    problems: [{ setting: file('p.yaml'), message: expect.stringContaining('too many aliases') }],
  })
})

test('an alias of the value that contains it is a problem, not a stack overflow', async () => {
  expect(await reading('pipelines:\n  - &a\n    workspace: "1"\n    to: [stdout, *a]')).toEqual({
    problems: [
      {
        setting: `${file('p.yaml')}, line 4`,
        message: expect.stringContaining('refers to the value that contains it'),
      },
    ],
  })
})

test('an alias has the value of its anchor', async () => {
  const found = await reading(
    'pipelines: [{ name: a, workspace: "1", to: &to { file: { path: a.jsonl } } }, { name: b, workspace: &w "2", to: stdout }, { name: c, workspace: *w, to: otlp }]',
  )
  expect(found).toMatchObject({
    settings: { pipelines: [{ workspace: '1' }, { workspace: '2' }, { workspace: '2' }] },
  })
})
