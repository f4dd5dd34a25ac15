import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Tenant } from '../../src/tenants/tenant.ts'
import { nextTurnMs } from '../../src/worker/turn.ts'

const tenant = (pollSeconds: number): Tenant => ({
  ...{ pipelineId: 1, name: 'acme', workspace: '1', destination: 'siem', tokenRef: 'env:A' },
  ...{ pollSeconds, state: 'active' },
})
const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
const seconds = fc.integer({ min: 1, max: 86_400 })

test('a tenant that has caught up is asked again after its poll seconds, or up to a twentieth sooner', () => {
  fc.assert(
    fc.property(seconds, chance, (pollSeconds, drawn) => {
      const ms =
        nextTurnMs({ queue: 'tail', tenant: tenant(pollSeconds) }, { outcome: 'caught_up' }, drawn) ?? 0
      expect(ms).toBeLessThanOrEqual(pollSeconds * 1_000)
      expect(ms).toBeGreaterThanOrEqual(pollSeconds * 950)
    }),
  )
})

test('a fault that goes away by itself is tried again within a minute, however rarely the tenant is polled', () => {
  fc.assert(
    fc.property(seconds, chance, (pollSeconds, drawn) => {
      const ms =
        nextTurnMs({ queue: 'tail', tenant: tenant(pollSeconds) }, { outcome: 'failing' }, drawn) ?? 0
      expect(ms).toBeLessThanOrEqual(60_000)
    }),
  )
})

test.each([
  [{ outcome: 'cut' } as const, 0],
  [{ outcome: 'handed_back' } as const, 0],
  [{ outcome: 'superseded', why: 'version' } as const, 0],
  [{ outcome: 'paused', code: 'a', message: 'b' } as const, 300_000],
  [{ outcome: 'waiting', forMs: 1_234 } as const, 1_234],
  [{ outcome: 'finished' } as const, undefined],
])('after %o the next turn comes in %s ms', (end, ms) => {
  expect(nextTurnMs({ queue: 'backlog', tenant: tenant(60) }, end, 0.5)).toBe(ms)
})
