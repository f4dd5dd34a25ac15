import { asanaSource, deliver, memoryState } from '@asana-audit/core'
import { expect, test } from 'vitest'
import { token } from './src/asana/page-server.ts'
import { engineMs, type FleetRow } from './src/fleet/fleet-case.ts'
import { fleetCases, rowNames } from './src/fleet/fleet-cases.ts'
import { fleetMarks } from './src/fleet/fleet-marks.ts'
import { fleetTable } from './src/fleet/fleet-table.ts'
import { gapWatch } from './src/fleet/gap-watch.ts'
import { startTenantServer, workspaceOf } from './src/fleet/tenant-server.ts'

test('a gap is the time between two polls of a tenant, and one that stands still shows in the most', () => {
  const watch = gapWatch(3)
  for (const at of [0, 1_000, 2_000]) for (const tenant of [0, 1]) watch.polled(tenant, at)
  watch.polled(2, 0)
  expect(watch.gaps(9_000)).toEqual({ medianGap: 1, highGap: 1, mostGap: 9 })
  watch.polled(2, 10_000)
  expect(watch.gaps(10_000)).toMatchObject({ highGap: 10, mostGap: 10 })
  watch.reset()
  watch.polled(0, 10_500)
  expect(watch.gaps(10_500)).toMatchObject({ medianGap: 8.5 })
})

test('a tenant of the server has one event, and one with a backlog has all of it', async () => {
  const server = await startTenantServer({ tenants: 2, backlogs: 1, backlogEvents: 2_500 })
  async function deliveredOf(tenant: number): Promise<number> {
    await using state = memoryState()
    const { delivered } = await deliver({
      ...{
        pipeline: 'tenant',
        state,
        map: ({ gid }: { gid: string }) => gid,
        sink: { write: async () => {} },
      },
      source: asanaSource({ workspace: workspaceOf(tenant), token, baseUrl: server.url, once: true }),
      onFatal: 'reject',
    })
    return delivered
  }
  try {
    expect(await deliveredOf(0)).toBe(2_500)
    expect(server.stats().waiting).toBe(1)
    expect(await deliveredOf(1)).toBe(1)
    expect(await deliveredOf(1)).toBe(1)
    expect(server.stats()).toMatchObject({ waiting: 0 })
  } finally {
    server.close()
  }
})

/** A row of the benchmark that was measured, with the given milliseconds a poll. */
function measuredRow(name: string, nodeMs: number, postgresMs?: number): FleetRow {
  const one = fleetCases(false).find((each) => each.name === name)
  if (!one) throw new Error(`There is no row ${name}.`)
  const seconds = { medianGap: 10, highGap: 10, mostGap: 10 }
  const memory = { firstMb: 100, lastMb: 100, mostMb: 100, heapMb: [30, 30] } as const
  const figures = { pollsPerSecond: 200, cores: 0.2, backlogPagesPerSecond: 0, ...seconds, ...memory }
  const pollsPerCoreSecond = 1_000 / (nodeMs + (postgresMs ?? 0))
  return {
    one,
    error: undefined,
    figures: { ...figures, nodeMs, pollsPerCoreSecond, ...(postgresMs !== undefined && { postgresMs }) },
  }
}

test('engine and database are all without what the same turns cost alone, and the page has both', () => {
  const rows = [
    measuredRow(rowNames.grouped, 0.5, 0.4),
    measuredRow(rowNames.alone, 0.3),
    measuredRow(rowNames.minute, 0.5, 0.4),
  ]
  expect(engineMs(rows[0]!, rows)).toBeCloseTo(0.6)
  // At another pace a turn may cost something else.
  expect(engineMs(rows[2]!, rows)).toBeUndefined()
  expect(engineMs(rows[0]!, rows.slice(0, 1))).toBeUndefined()
  const marks = fleetMarks(rows).map(({ work, measured, reached }) => [work, measured, reached])
  expect(marks).toContainEqual([
    ...['Polls per core-second of engine and database, without request and delivery'],
    ...['1,667 polls (0.60 ms a poll: 0.90 in all, less 0.30)', 'aim'],
  ])
  expect(marks).toContainEqual([
    ...['Polls per core-second in all, request and delivery included', '1,111 polls', 'aim'],
  ])
  expect(fleetTable(rows)).toContain('1,111')
})
