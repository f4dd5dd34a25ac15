import { z } from 'zod'
import { dayMs } from '../../duration.ts'
import type { Beginning } from '../../pipelines/run/start-warnings.ts'
import type { Warning } from '../../terminal/problem.ts'
import { durationMs, inWords, isTooOld } from './age-limit.ts'
import type { KnownStore } from './known-store.ts'
import { isOlder } from './version.ts'

/** `/config` shows its whole configuration, unless a gateway keeps that page to itself. */
export const loki: KnownStore = {
  endpoint: '/otlp/v1/logs',
  async says(page, beginning) {
    const version = versionIn(await page('/loki/api/v1/status/buildinfo'))
    const limits = limitsIn(await page('/config'))
    if (version === undefined && limits === undefined) return undefined
    const name = `It says that it is Loki${version === undefined ? '' : ` ${version}`}`
    const old = versionWarnings(version)
    if (limits === undefined) return { sentence: `${name}.`, warnings: [...old, ...unknownLimits(beginning)] }
    const { max_structured_metadata_size: size, reject_old_samples_max_age: age } = limits
    const late = ageWarnings(limits, beginning)
    const refused = [
      ...(size ? [`records with more than ${size} of structured metadata`] : []),
      ...(limits.reject_old_samples === 'true' && late.length === 0 ? [`events older than ${age}`] : []),
    ].join(', and ')
    const sentence = `${name}${refused && `, and that it refuses ${refused}`}.`
    return { sentence, warnings: [...old, ...metadataWarnings(limits), ...late] }
  },
}

/** The first version that takes OTLP, by its documentation. */
const oldest = '3.0.0'

/** A build between two versions has a name of its own, such as `main-ab12cd3` or `k210`: nothing is known of it. */
function versionWarnings(version = ''): Warning[] {
  if (!/^v?\d+\.\d/.test(version) || !isOlder(version.replace(/^v/, ''), oldest)) return []
  return [
    {
      code: 'store_version',
      message: `Loki takes OTLP from ${oldest} on, and this is ${version}: update it.`,
    },
  ]
}

/** What a store says of itself is printed, so it is short. */
const word = z.string().max(100)
const limitsShape = z.object({
  allow_structured_metadata: z.enum(['true', 'false']).optional(),
  reject_old_samples: z.enum(['true', 'false']),
  reject_old_samples_max_age: word,
  max_structured_metadata_size: word.optional(),
})
type Limits = z.infer<typeof limitsShape>
const buildShape = z.object({ version: word, goVersion: z.string() })

/** Undefined also for what is not JSON, such as a login page. */
function versionIn(text = ''): string | undefined {
  try {
    return buildShape.safeParse(JSON.parse(text)).data?.version
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

/** Line by line: a reader of YAML can be kept busy for minutes by what an endpoint answers, and it throws errors of several kinds. */
function limitsIn(text = ''): Limits | undefined {
  const [, indent, more = ''] = /^limits_config:\n( +)(.*\n(?:\1.*\n)*)/m.exec(`${text}\n`) ?? []
  if (indent === undefined) return undefined
  const lines = more.split('\n').map((line, at) => (at === 0 ? line : line.slice(indent.length)))
  const values = lines.flatMap((line) => {
    const [, name, value] = /^(\w+): ?["']?([^"']*)["']?$/.exec(line) ?? []
    return name === undefined ? [] : [[name, value]]
  })
  return limitsShape.safeParse(Object.fromEntries(values)).data
}

/** A Loki that was updated from version 2 often has it off, because its schema is older than v13. */
function metadataWarnings({ allow_structured_metadata: takes }: Limits): Warning[] {
  if (takes !== 'false') return []
  const message =
    'Loki refuses every record here (allow_structured_metadata: false), unless it has other limits for your tenant. ' +
    'Set it to true in its limits_config; if Loki then asks for schema v13 and tsdb, add such a period to its schema_config first.'
  return [{ code: 'store_refuses_all', message }]
}

function mend({ isFirst }: Beginning): string {
  const setting = 'reject_old_samples: false in its limits_config'
  return isFirst
    ? `Set ${setting} before the first run, or begin later with since.`
    : `Stop run, set ${setting}, and start run again.`
}

function ageWarnings(limits: Limits, beginning: Beginning): Warning[] {
  const { reject_old_samples: refuses, reject_old_samples_max_age: oldest } = limits
  const limitMs = durationMs(oldest)
  if (refuses === 'false' || limitMs === undefined || !isTooOld(beginning, limitMs)) return []
  const message =
    `Loki refuses events older than ${oldest} (reject_old_samples_max_age), unless it has other limits for your tenant, and this pipeline ${inWords(beginning)}. ` +
    `What is older would go to the quarantine. ${mend(beginning)}`
  return [{ code: 'store_refuses_old', message }]
}

/** Of a Loki that shows no configuration, only what its documentation says is known. */
function unknownLimits(beginning: Beginning): Warning[] {
  if (!isTooOld(beginning, 7 * dayMs)) return []
  const message =
    `Loki does not show its limits here (/config). By default it refuses events older than a week, and this pipeline ${inWords(beginning)}. ` +
    `If it has that default: ${mend(beginning)}`
  return [{ code: 'store_limits_unknown', message }]
}
