import { parse, YAMLError } from 'yaml'
import { z } from 'zod'
import { dayMs } from '../../duration.ts'
import type { Warning } from '../../terminal/problem.ts'
import { durationMs, inDays, isTooOld } from './age-limit.ts'
import type { KnownStore } from './known-store.ts'

/** `/config` shows its whole configuration, unless a gateway keeps that page to itself. */
export const loki: KnownStore = {
  endpoint: '/otlp/v1/logs',
  async says(page, ageMs) {
    const version = versionIn(await page('/loki/api/v1/status/buildinfo'))
    const limits = limitsIn(await page('/config'))
    if (version === undefined && limits === undefined) return undefined
    const name = `It says that it is Loki${version === undefined ? '' : ` ${version}`}`
    if (limits === undefined) return { sentence: `${name}.`, warnings: unknownLimits(ageMs) }
    const size = limits.max_structured_metadata_size
    const refuses = size ? `, and that it refuses records with more than ${size} of structured metadata` : ''
    return { sentence: `${name}${refuses}.`, warnings: ageWarnings(limits, ageMs) }
  },
}

const limitsShape = z.object({
  reject_old_samples: z.boolean(),
  reject_old_samples_max_age: z.string(),
  max_structured_metadata_size: z.string().optional(),
})
type Limits = z.infer<typeof limitsShape>
const configShape = z.object({ limits_config: limitsShape })
const buildShape = z.object({ version: z.string(), goVersion: z.string() })

function versionIn(text: string | undefined): string | undefined {
  return buildShape.safeParse(yamlIn(text)).data?.version
}

function limitsIn(text: string | undefined): Limits | undefined {
  return configShape.safeParse(yamlIn(text)).data?.limits_config
}

/** JSON is YAML too. Undefined if it is neither, as a login page. */
function yamlIn(text = ''): unknown {
  try {
    return parse(text)
  } catch (error) {
    if (error instanceof YAMLError) return undefined
    throw error
  }
}

const mend =
  'Set reject_old_samples: false in its limits_config before the first run, or begin later with since.'

function ageWarnings(limits: Limits, ageMs: number): Warning[] {
  const { reject_old_samples: refuses, reject_old_samples_max_age: oldest } = limits
  const limitMs = durationMs(oldest)
  if (!refuses || limitMs === undefined || !isTooOld(ageMs, limitMs)) return []
  const message =
    `Loki refuses events older than ${oldest} (reject_old_samples_max_age), unless it has other limits for your tenant, and this pipeline begins ${inDays(ageMs)} back. ` +
    `The others would go to the quarantine. ${mend}`
  return [{ code: 'store_refuses_old', message }]
}

/** Of a Loki that shows no configuration, only what its documentation says is known. */
function unknownLimits(ageMs: number): Warning[] {
  if (!isTooOld(ageMs, 7 * dayMs)) return []
  const message =
    `Loki does not show its limits here (/config). By default it refuses events older than a week, and this pipeline begins ${inDays(ageMs)} back. ` +
    `If it has that default: ${mend}`
  return [{ code: 'store_limits_unknown', message }]
}
