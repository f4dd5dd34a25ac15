import { chmodSync, linkSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { lineFileSink, objectLines } from '@asana-audit/jsonl'
import { afterEach, describe, expect, test } from 'vitest'
import { checkDestination, type Finding } from '../../src/check/checks.ts'
import { readSettings } from '../../src/config/read-settings.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const file = temporaryFolder()

async function checked(path: string, rotate = ''): Promise<Finding> {
  const config = file('check.yaml')
  writeFileSync(config, `pipelines: [{ workspace: 1, to: { file: { path: "${path}"${rotate} } } }]`)
  const reading = await readSettings({ config }, { ASANA_TOKEN: 't' })
  const [pipeline] = 'settings' in reading ? reading.settings.pipelines : []
  if (!pipeline) throw new Error(JSON.stringify(reading))
  return await checkDestination(pipeline)
}

test('a folder is refused, and the message names a file in it', async () => {
  mkdirSync(file('folder'))
  expect(await checked(file('folder'))).toMatchObject({
    ok: false,
    code: 'not_writable',
    message: expect.stringContaining(`file:${file('folder/asana-audit.jsonl')}`),
  })
})

test('check changes no existing file and creates no missing one', async () => {
  writeFileSync(file('there.jsonl'), '{"resourceLogs": [{"half a li')
  expect(await checked(file('there.jsonl'))).toMatchObject({ ok: true })
  expect(readFileSync(file('there.jsonl'), 'utf8')).toBe('{"resourceLogs": [{"half a li')
  expect(await checked(file('none/a.jsonl'))).toMatchObject({ ok: false, code: 'not_writable' })
})

test('a link is checked at its target, and a name that no file can have is refused', async () => {
  symlinkSync(file('nowhere/a.jsonl'), file('dangling.jsonl'))
  expect(await checked(file('dangling.jsonl'))).toMatchObject({
    ok: false,
    message: expect.stringContaining(`The folder ${file('nowhere')} does not exist (ENOENT)`),
  })
  symlinkSync(file('later.jsonl'), file('to-later.jsonl'))
  expect(await checked(file('to-later.jsonl'))).toMatchObject({ ok: true })
  symlinkSync(file('circle'), file('circle'))
  expect(await checked(file('circle'))).toMatchObject({ message: expect.stringContaining('ELOOP') })
  expect(await checked(file('x'.repeat(300)))).toMatchObject({
    message: expect.stringContaining('ENAMETOOLONG'),
  })
  writeFileSync(file('plain.txt'), '')
  expect(await checked(file('plain.txt/a.jsonl'))).toMatchObject({
    message: expect.stringContaining('A part of this path is a file'),
  })
})

test('a file that another process writes is refused, also through a link', async () => {
  const sink = lineFileSink({ path: file('held.jsonl'), lines: objectLines })
  await sink.open()
  symlinkSync(file('held.jsonl'), file('link.jsonl'))
  for (const path of ['held.jsonl', 'link.jsonl']) {
    expect(await checked(file(path))).toMatchObject({ ok: false, code: 'file_in_use' })
  }
  await sink.close?.()
  expect(await checked(file('held.jsonl'))).toMatchObject({ ok: true })
  linkSync(file('held.jsonl'), file('hard.jsonl'))
  expect(await checked(file('hard.jsonl'))).toMatchObject({ ok: false, code: 'not_writable' })
})

test('a lock that cannot be looked at is a finding', async () => {
  writeFileSync(file('odd-lock.jsonl'), '')
  mkdirSync(file('odd-lock.jsonl.lock'))
  expect(await checked(file('odd-lock.jsonl'))).toMatchObject({
    ok: false,
    code: 'no_lock',
    message: expect.stringContaining(`${file('odd-lock.jsonl.lock')} cannot be locked`),
  })
})

// Root may write anywhere.
describe.skipIf(process.platform === 'win32' || process.getuid?.() === 0)(
  'as a user with few permissions',
  () => {
    afterEach(() => chmodSync(file('locked'), 0o700))

    test('an existing file must be writable, and the folder where a new file will be created', async () => {
      mkdirSync(file('locked'))
      writeFileSync(file('locked/mine.jsonl'), '')
      // The lock next to the file exists already, so the folder need not be writable.
      writeFileSync(file('locked/mine.jsonl.lock'), '')
      writeFileSync(file('locked/read-only.jsonl'), '')
      chmodSync(file('locked/read-only.jsonl'), 0o400)
      writeFileSync(file('locked/write-only.jsonl'), '')
      chmodSync(file('locked/write-only.jsonl'), 0o200)
      chmodSync(file('locked'), 0o500)
      expect(await checked(file('locked/mine.jsonl'))).toMatchObject({ ok: true })
      for (const name of ['read-only', 'write-only']) {
        const path = file(`locked/${name}.jsonl`)
        expect(await checked(path)).toMatchObject({ ok: false, message: expect.stringContaining(`${path} `) })
      }
      chmodSync(file('locked/mine.jsonl.lock'), 0o000)
      expect(await checked(file('locked/mine.jsonl'))).toMatchObject({ ok: false, code: 'no_permission' })
      for (const refused of [
        checked(file('locked/new.jsonl')),
        checked(file('locked/mine.jsonl'), ', rotate_bytes: 10000000'),
      ]) {
        expect(await refused).toMatchObject({ ok: false, message: expect.stringContaining('The folder') })
      }
    })
  },
)
