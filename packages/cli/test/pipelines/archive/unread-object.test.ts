import { archiveSink, folderStore } from '@asana-audit/archive'
import { applyFieldPolicy, defaultFieldPolicy } from '@asana-audit/schema'
import { generateEvents } from '@asana-audit/simulator'
import { beforeAll, expect, test } from 'vitest'
import { objectsIn } from '../../../../archive/test/support/archive-folder.ts'
import { bucketOfFolder } from '../../../../archive/test/support/bucket-of-folder.ts'
import { access } from '../../../../archive/test/support/versitygw.ts'
import { type Ran, runCommand } from '../../support/run-command.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

const file = temporaryFolder()
const until = Date.parse('2026-06-30T00:00:00Z')
let keys: readonly string[] = []
const entry = '_manifest/test/0000000002.json'

/** One object of each day. */
beforeAll(async () => {
  const sink = archiveSink({ store: folderStore({ path: file('archive') }), lane: 'test' })
  const events = generateEvents({ count: 60, from: until - 3 * 86_400_000, until })
  await sink.write(
    events.map((event) => applyFieldPolicy(event, defaultFieldPolicy)),
    new AbortController().signal,
  )
  await sink.close()
  keys = await objectsIn(file('archive'))
})

/** With the archive in a bucket, of which one object, by default the second one, is in an archive class. */
async function command(words: readonly string[], unread: string | undefined = keys[1]): Promise<Ran> {
  const { endpoint } = await bucketOfFolder(file('archive'), {
    answerFor: (key) => (key === unread ? { status: 403, code: 'InvalidObjectState' } : undefined),
  })
  return await runCommand([...words], {
    ...{ AWS_ENDPOINT_URL_S3: endpoint, AWS_REGION: 'eu-central-1', ASANA_AUDIT_STATE: file('state.db') },
    ...{ AWS_ACCESS_KEY_ID: access.accessKeyId, AWS_SECRET_ACCESS_KEY: access.secretAccessKey },
  })
}

const named = (text: string): string => text.replaceAll(/\s+/g, ' ')

test('archive verify names an object in an archive class, and compares the others', async () => {
  const { code, stdout } = await command(['archive', 'verify', 's3://evidence'])
  expect(code).toBe(1)
  expect(named(stdout)).toContain(`✗ ${keys[1]} cannot be read now, so it was not compared.`)
  expect(named(stdout)).toContain('restore it there first')
  expect(stdout).toContain(`in ${keys.length} objects`)
  expect(stdout).toContain('1 problem.')
})

test('archive verify names an entry of the manifest in an archive class, and compares the rest', async () => {
  const { code, stdout } = await command(['archive', 'verify', 's3://evidence'], entry)
  expect(code).toBe(1)
  expect(named(stdout)).toContain(`✗ ${entry} cannot be read now, so what it recorded was not proved`)
  expect(stdout).toContain(`in ${keys.length - 1} objects`)
  // The entry, and the object that it recorded.
  expect(stdout).toContain('2 problems.')
})

test.each([
  ['query', '--json'],
  ['report', '--since', '2026-06-01', '--until', '2026-07-01', '--out', '-'],
  ['replay', '--to', 'stdout', '--workspace', '1'],
])('%s ends with an error that names it and says what to do', async (name, ...more) => {
  const { code, stderr } = await command([name, '--from', 's3://evidence', ...more])
  expect(code).toBe(1)
  expect(named(stderr)).toContain(`s3://evidence/${keys[1]} answered 403 (InvalidObjectState)`)
  expect(named(stderr)).toContain('restore it there first')
})
