import { type Fact, memoryState } from '@asana-audit/core'
import { fromLogRecord } from '@asana-audit/schema'
import { startSimulator } from '@asana-audit/simulator'
import { InMemoryLogRecordExporter } from '@opentelemetry/sdk-logs'
import { describe, expect, onTestFinished, test } from 'vitest'
import { type AsanaAuditLogsOptions, type AuditWarning, asanaAuditLogs, tracked } from '../src/index.ts'
import { fakeExporter } from './support/fake-exporter.ts'
import { impatient } from './support/impatient.ts'
import { type SdkLine, sdkLines } from './support/sdk-lines.ts'

async function startAsana(events: number) {
  const asana = await startSimulator({ events })
  onTestFinished(() => asana.close())
  const { workspace, url: baseUrl } = asana
  return { asana, source: { workspace, baseUrl, token: 'simulator-token', settledWindowMs: 0 } }
}

function start(
  line: SdkLine,
  options: Pick<AsanaAuditLogsOptions, 'source'> & Partial<AsanaAuditLogsOptions>,
) {
  const fake = fakeExporter()
  const exporter = tracked(fake)
  const loggerProvider = line.provider([line.batch(exporter)])
  const warnings: AuditWarning[] = []
  const facts: Fact[] = []
  const audit = asanaAuditLogs({
    ...{ loggerProvider, tracked: exporter, state: memoryState() },
    onWarning: (warning) => void warnings.push(warning),
    onFact: (fact) => void facts.push(fact),
    ...options,
  })
  return { audit, fake, loggerProvider, warnings, facts }
}

describe.each(Object.entries(sdkLines))('on %s,', (_, line) => {
  test('every event arrives, the position is saved, and a second start emits only what is new', async () => {
    const { asana, source } = await startAsana(1_200)
    const state = memoryState()
    const once = { ...source, once: true }
    const first = start(line, { state, source: once })
    expect(await first.audit.ended).toMatchObject({ delivered: { delivered: 1_200, quarantined: 0 } })
    expect(new Set(first.fake.accepted)).toEqual(new Set(asana.events.map(({ gid }) => gid)))
    expect(first.warnings).toEqual([])

    asana.grow(3)
    const second = start(line, { state, source: once })
    await second.audit.ended
    expect(second.fake.accepted).toEqual(asana.events.slice(-3).map(({ gid }) => gid))
  })

  test('it runs until it is stopped, and a stop saves what was exported', async () => {
    const { asana, source } = await startAsana(20)
    const state = memoryState()
    const { audit, fake } = start(line, { state, source })
    await expect.poll(() => fake.accepted.length).toBe(20)
    expect(await audit.stop()).toMatchObject({ delivered: { delivered: 20 } })
    const again = start(line, { state, source: { ...source, once: true } })
    expect(await again.audit.ended).toMatchObject({ delivered: { delivered: 0 } })
    expect(again.fake.accepted).toEqual([])
    expect(asana.events).toHaveLength(20)
  })

  test('a provider that was shut down before us ends it with a sentence, and the next start misses nothing', async () => {
    const { asana, source } = await startAsana(300)
    const state = memoryState()
    const first = start(line, { state, source })
    await expect.poll(() => first.fake.accepted.length).toBeGreaterThan(0)
    await first.loggerProvider.shutdown()
    asana.grow(10)
    const { fault } = await first.audit.ended
    expect(fault).toMatchObject({
      fault: 'fatal',
      code: expect.stringMatching(/provider_disabled|exporter_shut_down/),
    })
    expect(first.warnings.at(-1)?.message).toContain('Stop us before you shut the SDK down')

    const second = start(line, { state, source: { ...source, once: true } })
    await second.audit.ended
    const arrived = new Set([...first.fake.accepted, ...second.fake.accepted])
    expect(arrived).toEqual(new Set(asana.events.map(({ gid }) => gid)))
  })
})

const [newest] = Object.values(sdkLines) as [SdkLine]

test('a record becomes the event again, and names its workspace', async () => {
  const { asana, source } = await startAsana(5)
  const memory = new InMemoryLogRecordExporter()
  const exporter = tracked(memory)
  const { audit, loggerProvider } = start(newest, {
    source: { ...source, once: true },
    tracked: exporter,
    loggerProvider: newest.provider([newest.batch(exporter as never)]),
  })
  await audit.ended
  const records = memory.getFinishedLogRecords()
  expect(records.map(({ attributes }) => attributes['asana.workspace.gid'])).toEqual(
    Array<string>(5).fill(asana.workspace),
  )
  expect(records.map((record) => fromLogRecord(record).gid)).toEqual(asana.events.map(({ gid }) => gid))
  await loggerProvider.shutdown()
})

test('a refused token is a warning with the next step, and `stop` ends the pause', async () => {
  const { source } = await startAsana(5)
  const { audit, warnings } = start(newest, { source: { ...source, token: 'wrong' } })
  await expect.poll(() => warnings.length).toBe(1)
  expect(warnings).toMatchObject([{ code: 'paused', message: expect.stringContaining('401') }])
  await audit.stop()
})

test('what fails five times in a row is a warning, once, and it goes on', async () => {
  const { asana, source } = await startAsana(5)
  const fake = fakeExporter({ outcomeOf: (call) => (call <= 6 ? 'fails' : 'succeeds') })
  const exporter = tracked(fake)
  const { audit, warnings } = start(newest, {
    source: { ...source, once: true },
    tracked: exporter,
    loggerProvider: newest.provider([newest.batch(exporter)]),
    clock: impatient(),
  })
  await audit.ended
  expect(fake.accepted).toEqual(asana.events.map(({ gid }) => gid))
  expect(warnings).toMatchObject([
    { code: 'retrying', message: expect.stringContaining('The exporter failed') },
  ])
})

test('events that go to quarantine together for the same reason are one warning', async () => {
  const { asana, source } = await startAsana(5)
  asana.add(['an entry', 'another entry', 'a third one', { gid: '7' }])
  const { audit, warnings, facts } = start(newest, { source: { ...source, once: true } })
  expect(await audit.ended).toMatchObject({ delivered: { delivered: 5, quarantined: 4 } })
  expect(facts.filter(({ type }) => type === 'quarantined')).toHaveLength(4)
  expect(warnings).toMatchObject([
    {
      code: 'quarantined',
      message: expect.stringMatching(/^3 events are in the quarantine \(the first is .+, the last .+\): ./),
    },
    { code: 'quarantined', message: expect.stringMatching(/^Event 7 is in the quarantine: ./) },
  ])
})

test('what stops new events and the backlog alike is one warning', async () => {
  const { asana, source } = await startAsana(200)
  const exporter = tracked(fakeExporter({ outcomeOf: () => 'fails' }))
  const told = new Map<string, number>()
  const { audit, warnings } = start(newest, {
    ...{ source: { ...source, limit: 10 }, tracked: exporter, clock: impatient() },
    loggerProvider: newest.provider([newest.batch(exporter)]),
    onFact: (fact, lane) => {
      if (fact.type === 'retrying' && fact.part === 'sink') told.set(lane, fact.failures)
    },
  })
  await expect.poll(() => told.get('backlog'), { timeout: 200_000 }).toBeGreaterThan(0)
  asana.grow(3)
  await expect
    .poll(() => Math.min(told.get('backlog') ?? 0, told.get('live') ?? 0), { timeout: 200_000 })
    .toBeGreaterThan(5)
  await audit.stop()
  expect(warnings.map(({ code }) => code)).toEqual(['retrying'])
})

test('an option that is missing ends it with a warning, and never as a rejection', async () => {
  const { audit, warnings } = start(newest, { source: { token: 'x' } as never })
  expect(await audit.ended).toMatchObject({ fault: { code: 'bad_option' } })
  expect(warnings).toMatchObject([{ code: 'ended', message: expect.stringContaining('workspace') }])
})

test('an `onWarning` that throws ends neither the delivery nor the host, and Node says what it was told', async () => {
  const { source } = await startAsana(5)
  const warned = new Promise<Error & { code?: string }>((resolve) => process.once('warning', resolve))
  const onWarning = (): void => {
    throw new Error('The logger is closed.')
  }
  const { audit } = start(newest, { source: { ...source, token: 'wrong' }, onWarning })
  expect(await warned).toMatchObject({ name: 'AsanaAuditWarning', code: 'paused' })
  expect(await audit.stop()).toMatchObject({ delivered: { delivered: 0 } })
})

test('without `onWarning` a warning of Node says that it is best effort', async () => {
  const { source } = await startAsana(1)
  const warned = new Promise<Error & { code?: string }>((resolve) => process.once('warning', resolve))
  const loggerProvider = newest.provider([newest.batch(fakeExporter())])
  await using audit = asanaAuditLogs({
    loggerProvider,
    state: memoryState(),
    source: { ...source, once: true },
  })
  expect(await warned).toMatchObject({ name: 'AsanaAuditWarning', code: 'best_effort' })
  await audit.ended
})
