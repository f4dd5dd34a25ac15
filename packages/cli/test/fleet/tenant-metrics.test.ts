import { expect, test } from 'vitest'
import { tenantMetrics } from '../../src/fleet/tenant-metrics.ts'

const acme = { name: 'acme', workspace: '42', destination: 'siem' }

async function seriesOf(perTenant: boolean): Promise<string> {
  const metrics = tenantMetrics(perTenant, 1_200, () => 'otlp')
  metrics.fact({ type: 'requested', status: 200, ms: 1, waitedMs: 0 }, acme, 'live')
  return (await metrics.text(undefined)).body.toString()
}

test('a tenant has series of its own, with its name and workspace, only where that is asked for', async () => {
  expect(await seriesOf(true)).toMatch(/tenant="acme",workspace="42"/)
  expect(await seriesOf(false)).not.toContain('acme')
})
