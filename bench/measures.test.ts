import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { firstGid } from './src/asana/event-templates.ts'
import type { Case, Outcome } from './src/case.ts'
import { requestFigures } from './src/figures.ts'
import { quickScale, row } from './src/legs/row.ts'
import { measures } from './src/measures/index.ts'
import { delaysOf } from './src/measures/tail.ts'
import { inFile } from './src/measures/to-the-end.ts'
import { type Servers, startServers } from './src/servers.ts'

const events = 1_500
let servers: Servers

beforeAll(async () => {
  // From the sources, because other tests pack and install it.
  vi.stubEnv('BENCH_COMMAND', join(import.meta.dirname, '../packages/cli/src/bin.ts'))
  servers = await startServers()
})
afterAll(() => {
  servers.stop()
  vi.unstubAllEnvs()
})

async function measured(
  variant: string,
  options: Case['options'],
  more: Partial<Case> = {},
): Promise<Outcome> {
  const one = row(quickScale, { name: variant, kind: 'ours', variant, events, options, ...more })
  return (await measures.get(variant)?.(one, servers)) ?? { error: 'no such measure' }
}

test('three destinations have every event once, and the requests to Asana are counted', async () => {
  const outcome = await measured('to the end', { program: 'run --once', into: ['otlp', 'hec', 'file'] })
  expect(outcome).toMatchObject({ events, lost: 0, receiver: { arrived: events, repeats: 0 } })
  expect('asana' in outcome && outcome.asana.requests).toBeGreaterThanOrEqual(2)
})

test('events that a file lacks or has twice are counted', async () => {
  const path = join(mkdtempSync(join(tmpdir(), 'asana-audit-bench-')), 'audit.jsonl')
  const record = (rank: number): string =>
    `{"key":"log.record.uid","value":{"stringValue":"${firstGid + rank}"}}`
  writeFileSync(path, `${record(0)}${record(3)}\n${record(3)}\n`)
  expect(await inFile(path, 5)).toEqual({ arrived: 2, repeats: 1, missing: [1, 2, 4] })
  rmSync(dirname(path), { recursive: true })
})

test('a backfill delivers its whole range', async () => {
  const asana = { days: 30 }
  const outcome = await measured('to the end', { program: 'backfill', days: 30 }, { asana })
  expect(outcome).toMatchObject({ events, lost: 0, receiver: { arrived: events, repeats: 0 } })
})

test('the result of a program that ends with an error names the reason', async () => {
  const asana = { requestsPerMinute: 1 }
  const outcome = await measured('to the end', { program: 'backfill', days: -1 }, { asana })
  expect(outcome).toEqual({ error: expect.stringMatching(/since|until|time/i) })
})

test.each(['run', 'script'] as const)('%s: the time until the first event is measured', async (program) => {
  const outcome = await measured('first event', { program, protocol: 'protobuf' })
  expect(outcome).toMatchObject({ figures: { ms: expect.any(Number), residentMb: expect.any(Number) } })
})

test('a program that ends by itself runs once for its time and once for its memory', async () => {
  const outcome = await measured('whole life', { program: '--version' })
  expect(outcome).toMatchObject({ figures: { ms: expect.any(Number), residentMb: expect.any(Number) } })
})

test('the memory of a program does not include the process that started it', async () => {
  const ballast = Buffer.alloc(300 * 2 ** 20, 1)
  const outcome = await measured('whole life', { program: 'node -e 0' })
  const { residentMb = Number.NaN } = 'figures' in outcome ? outcome.figures : {}
  expect(residentMb).toBeLessThan(ballast.length / 2 ** 20)
})

test('delays are of events that arrived; the others are lost', () => {
  const shown = Array.from({ length: 200 }, (_, rank) => (rank + 1) * 1_000)
  const came = shown.map((at, rank) => (rank === 7 ? 0 : at + rank * 10))
  expect(delaysOf(shown, came)).toEqual({ medianDelay: 1, highDelay: 1.98, mostDelay: 1.99, lost: 1 })
})

test('requests for pages are a share of all requests that the budget allows', () => {
  const tenSeconds = { requests: 200, spanMs: 10_000 }
  expect(requestFigures(tenSeconds, 200_000)).toEqual({ requests: 200, requestsPerPage: 1, budgetShare: 100 })
  const wasteful = { requests: 250, spanMs: 12_500 }
  expect(requestFigures(wasteful, 200_000)).toMatchObject({ requestsPerPage: 1.25, budgetShare: 80 })
})
