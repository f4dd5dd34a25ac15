import { afterAll, beforeAll, expect, test } from 'vitest'
import { noVersitygw } from '../packages/archive/test/support/versitygw.ts'
import type { Case } from './src/case.ts'
import { archiveLegs } from './src/legs/archive.ts'
import { quickScale } from './src/legs/row.ts'
import { measures } from './src/measures/index.ts'
import { type Servers, startServers } from './src/servers.ts'

const [writing, reading] = archiveLegs(quickScale)
const events = 1_500
let servers: Servers

beforeAll(async () => {
  servers = await startServers()
})
afterAll(() => servers.stop())

const small = (one: Case): Case => ({ ...one, events, warmUp: 0, heapAt: [], flags: [] })
const rows = writing!.cases.map((one) => [one.name, one] as const)

test.each(rows.filter(([, { options }]) => options.store === 'folder'))(
  '%s: every event is stored once',
  stores,
)
test.skipIf(noVersitygw).each(rows.filter(([, { options }]) => options.store === 's3'))(
  '%s: every event is stored once',
  stores,
)

async function stores(_: string, one: Case): Promise<void> {
  const outcome = await measures.get('archive')!(small(one), servers)
  expect(outcome).toMatchObject({ events, lost: 0 })
  expect((outcome as { storedBytes: number }).storedBytes).toBeGreaterThan(events * 10)
}

test('an archive is read to its end', async () => {
  const [one] = reading!.cases
  const outcome = await measures.get('archive-read')!(
    { ...small(one!), options: { archived: events } },
    servers,
  )
  expect(outcome).toMatchObject({ events })
})
