import { asanaSource, deliver, memoryState } from '@asana-audit/core'
import { expect, test } from 'vitest'
import { token } from './src/asana/page-server.ts'
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
