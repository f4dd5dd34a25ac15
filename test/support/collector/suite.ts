import { afterAll, afterEach, onTestFinished, test } from 'vitest'
import {
  type Simulator,
  type SimulatorOptions,
  startSimulator,
} from '../../../packages/simulator/src/index.ts'
import { componentsOf } from '../../../scripts/collector/components.ts'
import { collectorPath } from '../../../scripts/collector/location.ts'

const collector = collectorPath(process.env)
const components = collector ? componentsOf(collector) : new Set<string>()

/** Not to be had from every source of Go modules, so that a collector without them will do, unless all is required. */
const optional = new Set(['otlp_json_file', 'splunk_hec', 'ack', 'clickhouse', 'transform'])

/**
 * A test against a collector with these components; skipped, and said to be, where there is none. With
 * `REQUIRE_COLLECTOR=1` it runs and fails instead, unless no more than something optional is missing; with
 * `REQUIRE_COLLECTOR=all` also then.
 */
export function testWith(...needed: readonly string[]): typeof test {
  const missing = needed.filter((name) => !components.has(name))
  const required = process.env['REQUIRE_COLLECTOR']
  const excused = collector !== undefined && missing.every((name) => optional.has(name))
  const runs = missing.length === 0 || required === 'all' || (required && !excused)
  if (!runs) {
    const why = collector
      ? `${collector} lacks ${missing.join(', ')}`
      : 'there is none; `pnpm setup:collector` builds one'
    process.stdout.write(`Skipping tests that need a collector with ${needed.join(', ')}: ${why}.\n`)
  }
  return test.runIf(runs) as typeof test
}

let passed = 0
afterEach(({ task }) => {
  if (task.result?.state === 'pass') passed += 1
})
afterAll(() => {
  process.stdout.write(`${passed} real-receiver tests passed (${collector})\n`)
})

/** The simulator, and the environment of a command that reads from it. */
export async function simulate(
  options: SimulatorOptions,
): Promise<{ simulator: Simulator; env: Readonly<Record<string, string>> }> {
  const simulator = await startSimulator(options)
  onTestFinished(() => simulator.close())
  const { url, workspace } = simulator
  return {
    simulator,
    env: { ASANA_BASE_URL: url, ASANA_WORKSPACE: workspace, ASANA_TOKEN: 'simulator-token' },
  }
}
