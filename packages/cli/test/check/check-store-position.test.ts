import { asanaBackfillCursor, asanaCursorAt } from '@asana-audit/core/backlog'
import { type Simulator, startSimulator } from '@asana-audit/simulator'
import { expect, onTestFinished, test } from 'vitest'
import { checked } from '../support/checked-store.ts'
import { loki, lokiBuild, lokiConfig, metricsOf, startStore, victoriaLogs } from '../support/otlp-store.ts'
import { runCommand } from '../support/run-command.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const file = temporaryFolder()
const daysAgo = (days: number): string => new Date(Date.now() - days * 86_400_000).toISOString()
const week = { '/metrics': metricsOf({ retentionPeriod: '7d' }) }
const limits = 'reject_old_samples: true\n  reject_old_samples_max_age: 1w'

const environment = (
  simulator: Simulator,
  { url }: { readonly url: string },
  state: string,
): Record<string, string> => ({
  ASANA_TOKEN: 'simulator-token',
  ASANA_WORKSPACE: simulator.workspace,
  ASANA_BASE_URL: simulator.url,
  ASANA_AUDIT_STATE: file(state),
  OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: url,
})

const stores = [
  ['VictoriaLogs', victoriaLogs, week, /drops what is older than 7d/],
  ['Loki', loki, { '/config': lokiConfig(limits) }, /refuses events older than 1w/],
  ['a Loki that hides its limits', loki, { '/loki/api/v1/status/buildinfo': lokiBuild }, /Loki 3\.5\.1/],
] as const

test.each(stores)(
  'a pipeline that has a position goes on there, and not at its first start: %s is no danger',
  async (_, endpoint, pages, says) => {
    const { url } = await startStore(endpoint, pages)
    const end = daysAgo(2)
    for (const cursors of [
      { live: asanaCursorAt(daysAgo(1)) },
      { live: asanaCursorAt(daysAgo(1)), backlog: asanaBackfillCursor(daysAgo(3), daysAgo(1)) },
      { backlog: asanaBackfillCursor(end, end) },
    ]) {
      const { found, warnings } = await checked(url, '80d', cursors)
      expect(warnings).toEqual([])
      expect(found.message).toMatch(says)
    }
  },
)

test.each(stores)(
  'a position that is far back is named with what is left to read, and not with since: %s',
  async (_, endpoint, pages) => {
    const { url } = await startStore(endpoint, pages)
    const live = asanaCursorAt(daysAgo(1))
    const said = async (cursors: Readonly<Record<string, string>>): Promise<string | undefined> => {
      const { warnings } = await checked(url, undefined, cursors)
      expect(warnings).toHaveLength(1)
      expect(warnings[0]?.message).toMatch(/Stop run, .*and start run again\.$/)
      expect(warnings[0]?.message).not.toMatch(/first run|since/)
      return / this pipeline ([^.]+)\./.exec(warnings[0]?.message ?? '')?.[1]
    }
    expect(await said({ live: asanaCursorAt(daysAgo(20)) })).toBe('continues from 20 days ago')
    const left = { live, backlog: asanaBackfillCursor(daysAgo(60), daysAgo(1)) }
    expect(await said(left)).toBe('continues from 60 days ago')
    const fromTheOldest = { live, backlog: asanaBackfillCursor(undefined, daysAgo(1)) }
    expect(await said(fromTheOldest)).toBe('continues from 90 days ago')
  },
)

/** The position of a run whose newest event, and whose last reading of the log to its end, are so many days old. */
const readTo = (newest: number, end: number): string =>
  JSON.stringify({ v: 1, offset: 'a', newest: daysAgo(newest), endReachedAt: daysAgo(end) })

test.each(stores)(
  'a quiet tenant that was read to the end of the log has nothing that is too old: %s',
  async (_, endpoint, pages, says) => {
    const { url } = await startStore(endpoint, pages)
    const { found, warnings } = await checked(url, undefined, { live: readTo(8, 0.001) })
    expect(warnings).toEqual([])
    expect(found.message).toMatch(says)
  },
)

test.each(stores)(
  'a run that stopped while it caught up after an outage goes on at the last event that it read: %s',
  async (_, endpoint, pages) => {
    const { url } = await startStore(endpoint, pages)
    const { warnings } = await checked(url, undefined, { live: readTo(8, 20) })
    expect(warnings).toMatchObject([{ message: expect.stringContaining('continues from 8 days ago') }])
  },
)

test('the position is that of run, and not of a backfill', async () => {
  const { url } = await startStore(victoriaLogs, week)
  const { warnings } = await checked(url, undefined, { backfill: asanaBackfillCursor(daysAgo(1), undefined) })
  expect(warnings).toMatchObject([{ message: expect.stringContaining('begins 90 days back') }])
})

test('a position some hours back is named in hours', async () => {
  const flags = { retentionPeriod: '100d', maxBackfillAge: '1h' }
  const { url } = await startStore(victoriaLogs, { '/metrics': metricsOf(flags) })
  const { warnings } = await checked(url, undefined, { live: asanaCursorAt(daysAgo(0.25)) })
  expect(warnings).toMatchObject([{ message: expect.stringContaining('continues from 6 hours ago') }])
})

test('check warns of nothing after a run that read everything, though the newest event is eight days old', async () => {
  const simulator = await startSimulator({ events: 0 })
  onTestFinished(() => simulator.close())
  simulator.add([
    {
      ...{ gid: '1', created_at: daysAgo(8), event_type: 'user_logged_out', event_category: 'logins' },
      actor: { actor_type: 'user', gid: '501', name: 'Ada Lovelace', email: 'ada@example.com' },
      resource: { resource_type: 'user', gid: '501', name: 'Ada Lovelace', email: 'ada@example.com' },
      ...{ details: {}, context: { context_type: 'web' } },
    },
  ])
  const store = await startStore(victoriaLogs, week)
  const env = environment(simulator, store, 'quiet.db')
  const run = await runCommand(['run', '--once', '--to', 'otlp'], env)
  expect(run.stderr).toContain('"delivered":1')
  const { stdout } = await runCommand(['check', '--to', 'otlp', '--json'], env)
  expect(stdout).not.toContain('store_drops_old')
})

test('check takes the position from the state', async () => {
  // The newest event is at most a day old at any hour and on any day of the week.
  const simulator = await startSimulator({ events: 20, days: 1 })
  onTestFinished(() => simulator.close())
  const store = await startStore(victoriaLogs, week)
  const env = environment(simulator, store, 'state.db')
  const codes = async (): Promise<unknown[]> => {
    const { stdout } = await runCommand(['check', '--to', 'otlp', '--json'], env)
    return (JSON.parse(stdout) as { code?: string }[]).map(({ code }) => code)
  }
  expect(await codes()).toContain('store_drops_old')
  expect(await runCommand(['run', '--once', '--to', 'otlp'], env)).toMatchObject({ code: 0 })
  expect(await codes()).not.toContain('store_drops_old')
})
