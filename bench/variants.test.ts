import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { asanaMarker } from './src/asana/event-templates.ts'
import { workspace } from './src/asana/page-server.ts'
import type { Case } from './src/case.ts'
import { sameContent } from './src/content/same-content.ts'
import { allLegs } from './src/legs/index.ts'
import { quickScale } from './src/legs/row.ts'
import { measures } from './src/measures/index.ts'
import { assignmentOf, type Counted, counted, runCase, settingsOf } from './src/run-case.ts'
import { type Servers, startServers } from './src/servers.ts'
import type { Done, Variant } from './src/variant.ts'

const events = 1_500
const rows = allLegs(quickScale).flatMap(({ cases }) => cases)
let servers: Servers

beforeAll(async () => {
  servers = await startServers()
})
afterAll(() => servers.stop())

const small = (one: Case): Case => ({ ...one, events, warmUp: 0, heapAt: [], flags: [] })

/** Does the work of a round in the process of this test, because starting another process takes longer than the work. */
async function round(one: Case): Promise<Done & Counted> {
  const folder = mkdtempSync(join(tmpdir(), 'asana-audit-bench-'))
  const { asana, receiver } = settingsOf(one)
  await servers.set(asana, receiver)
  const { variant } = (await import(`./src/variants/${one.variant}.ts`)) as { variant: Variant }
  const work = variant(assignmentOf(one, servers, folder))
  const part = { workspace, events, onEvents: () => {} }
  work.prepare?.(part)
  const done = await work.run(part)
  rmSync(folder, { recursive: true })
  return { ...done, ...(await counted(servers, done.setAside)) }
}

/** One row of each variant that is a process of Node. Another test compares whole pipelines with each other. */
function oneOfEach(): Map<string, Case> {
  const found = new Map<string, Case>()
  for (const one of rows) {
    const isCovered = /^whole-/.test(one.variant) && one.options.windows === undefined
    if (!isCovered && !measures.has(one.variant) && !found.has(one.variant))
      found.set(one.variant, { ...small(one), asana: {} })
  }
  return found
}

test('every pipeline delivers the same content', async () => {
  expect(await sameContent(servers)).toContain('the same arrives')
})

test.each([...oneOfEach()])('%s: every event of the log is read or sent once', async (_, one) => {
  const { events: done, asana, receiver, lost } = await round(one)
  expect(done).toBe(events)
  if (asana.requests > 0) expect(asana.events).toBeGreaterThanOrEqual(events)
  if (receiver) expect({ lost, ...receiver }).toMatchObject({ lost: 0, arrived: events, repeats: 0 })
  else expect(one.variant).toMatch(/^fetch/)
})

const hec = { to: 'hec' } as const
const [whole] = rows.filter(({ variant }) => variant === 'whole-ours')
const bad = { refuseEvery: 500 } as const

/** One of 500 events is refused: those of the ranks 250, 750 and 1,250. */
test.each([
  ['ours, OTLP, 400', 'whole-ours', {}, { ...bad, refusal: 'whole' }, { lost: 0, setAside: 3 }],
  ['ours, HEC, 400', 'whole-ours', hec, { ...bad, marker: asanaMarker }, { lost: 0, setAside: 3 }],
  // The receiver does not say which events it refused, so two requests, of 1,000 and of 500 events, are uncertain.
  ['ours, partial success', 'whole-ours', {}, { ...bad, refusal: 'partial' }, { lost: 0, setAside: 1_500 }],
  [
    'stock, 400',
    'whole-stock',
    { protocol: 'json', flush: true },
    { ...bad, refusal: 'whole' },
    { lost: 1_500, setAside: 0 },
  ],
  [
    'stock, partial success',
    'whole-stock',
    { protocol: 'json', flush: true },
    { ...bad, refusal: 'partial' },
    { lost: 3, setAside: 0 },
  ],
  // The events before the bad one of a request are indexed.
  [
    'splunk-logging, 400',
    'whole-splunk-logging',
    { batch: 1000 },
    { ...bad, marker: asanaMarker },
    { lost: 1_000, setAside: 0 },
  ],
] as const)('%s: what is lost is counted', async (_, variant, options, receiver, expected) => {
  const { lost, setAside = [] } = await round({ ...small(whole!), variant, options, receiver })
  expect({ lost, setAside: setAside.length }).toEqual(expected)
})

test('a failed round has its reason in the result', async () => {
  const quota = { requestsPerMinute: 1 }
  const one = { ...small(whole!), variant: 'fetch-plain', options: { limit: 10 }, asana: quota }
  expect(await runCase(one, servers)).toEqual({ error: 'Error: Asana answered 429.' })
})
