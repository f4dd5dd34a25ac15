/**
 * Writes `docs/metrics.md` from the definitions in packages/metrics and of the command, and the codes of faults in packages/metrics from the tables in the
 * pages of the packages. Run `pnpm generate:metrics` after a change of either.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { alarmDefinition } from '../../packages/cli/src/alarm/alarm-gauge.ts'
import { findingsDefinition } from '../../packages/cli/src/metrics/findings-counter.ts'
import { laneAttributes, metricDefinitions, spanDefinitions } from '../../packages/metrics/src/index.ts'
import { faultCodesModule } from '../metrics/fault-codes.ts'
import { metricsPage } from '../metrics/page.ts'

const root = join(import.meta.dirname, '../..')

/** What is generated: paths from the root, and their texts. */
export function generatedMetrics(): ReadonlyMap<string, string> {
  const page = (name: string): string => {
    const codes = join(root, `packages/${name}/docs/codes.md`)
    return readFileSync(existsSync(codes) ? codes : join(root, `packages/${name}/README.md`), 'utf8')
  }
  return new Map([
    [
      'docs/metrics.md',
      metricsPage(
        Object.values(metricDefinitions),
        [alarmDefinition, findingsDefinition],
        Object.values(spanDefinitions),
        laneAttributes,
      ),
    ],
    ['packages/metrics/src/fault-codes.ts', faultCodesModule(page)],
  ])
}

if (import.meta.main) for (const [path, text] of generatedMetrics()) writeFileSync(join(root, path), text)
