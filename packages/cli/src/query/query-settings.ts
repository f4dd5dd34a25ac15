import type { Problem } from '../config/problem.ts'
import { missingUnit, parseDuration } from '../config/time.ts'
import { type Dialect, dialects } from '../dialect.ts'
import type { EventFilter } from '../input/event-filter.ts'
import { readSource, type SourceFlags, type SourceSettings } from '../input/source-settings.ts'
import { type EventField, eventField } from './event-field.ts'
import { type OutputForm, outputForms } from './event-writer.ts'
import { ipRange } from './ip-range.ts'
import { localZone, utc, type Zone } from './zone.ts'

export interface QueryFlags extends SourceFlags {
  readonly gid?: string
  readonly eventType?: readonly string[]
  readonly category?: readonly string[]
  readonly actorType?: readonly string[]
  readonly actorGid?: string
  readonly actorEmail?: string
  readonly resourceGid?: string
  readonly ip?: string
  readonly text?: string
  readonly output?: string
  readonly format?: string
  readonly local?: boolean
  readonly last?: string
  readonly countBy?: string
  readonly top?: string
  readonly around?: string
  readonly window?: string
}

export interface QuerySettings {
  readonly source: SourceSettings
  readonly filter: EventFilter
  readonly form: OutputForm
  /** What the lines of `jsonl` are. */
  readonly dialect: Dialect
  readonly zone: Zone
  /** Only the newest so many. */
  readonly last: number | undefined
  /** Count by these instead of showing events. */
  readonly countBy: readonly EventField[] | undefined
  readonly top: number | undefined
  /** The gid of the event in the middle. */
  readonly around: string | undefined
  readonly windowMs: number
}

/** Events are kept in memory for it. */
const mostLast = 100_000

/** Reads flags and environment into settings, or says everything that is wrong with them at once. */
export async function readQuerySettings(
  flags: QueryFlags,
  env: NodeJS.ProcessEnv,
): Promise<{ readonly settings: QuerySettings } | { readonly problems: readonly Problem[] }> {
  const problems: Problem[] = []
  const wrong = (setting: string, message: string) => problems.push({ setting, message })
  const source = await readSource(flags, env, problems)

  const ip = flags.ip === undefined ? undefined : ipRange(flags.ip)
  if (flags.ip !== undefined && ip === undefined) {
    wrong(
      '--ip',
      `${JSON.stringify(flags.ip)} cannot be used. Give an address or a range: 192.0.2.7, 192.0.2.0/24.`,
    )
  }
  if (flags.actorEmail !== undefined && !flags.actorEmail.includes('@')) {
    wrong('--actor-email', 'It is no e-mail address. Give one, for example ada@example.com.')
  }
  const dialect = dialects.find((name) => name === (flags.format ?? 'event'))
  if (dialect === undefined)
    wrong('--format', `There is no such dialect. Give one of ${dialects.join(', ')}.`)
  if (flags.format !== undefined && flags.output !== undefined && flags.output !== 'jsonl') {
    wrong('--format', 'It is written as JSON lines. Leave out --output, or --format.')
  }
  const byDefault = flags.format === undefined ? 'table' : 'jsonl'
  const form = outputForms.find((name) => name === (flags.output ?? byDefault))
  if (form === undefined) wrong('--output', `There is no such form. Give one of ${outputForms.join(', ')}.`)
  const windowMs = parseDuration(flags.window ?? '1h')
  if (windowMs === undefined)
    wrong('--window', missingUnit(flags.window, 'h') ?? 'Give a duration, for example 30m or 2h.')
  const last = wholeNumber('--last', flags.last, mostLast, problems)
  const top = wholeNumber('--top', flags.top, Number.MAX_SAFE_INTEGER, problems)
  const names = flags.countBy?.split(',').map((name) => name.trim())
  if (names?.includes(''))
    wrong('--count-by', 'Give paths of fields, for example actor.email or day,event_type.')

  if (flags.around !== undefined) {
    if (flags.from?.includes('-')) {
      wrong(
        '--around',
        'The archive is read twice for it, and standard input can be read once only. Give --from a file.',
      )
    }
    if (names) wrong('--around', 'It shows events and cannot be counted. Leave out --count-by or --around.')
    if (last !== undefined)
      wrong('--around', 'It shows what is around one event. Leave out --last or --around.')
  } else if (flags.window !== undefined) {
    wrong('--window', 'It goes with --around. Leave it out, or give the gid of an event with --around.')
  }
  if (flags.format !== undefined && names)
    wrong('--format', 'It goes with events, not with counts. Leave out --format or --count-by.')
  if (top !== undefined && !names)
    wrong('--top', 'It goes with --count-by. For the newest events give --last.')
  if (last !== undefined && names)
    wrong('--last', 'It goes with events, not with counts. Leave out --last or --count-by.')

  if (!source || form === undefined || dialect === undefined || windowMs === undefined || problems.length > 0)
    return { problems }
  const zone = flags.local ? localZone : utc
  return {
    settings: {
      source,
      filter: {
        gid: flags.gid,
        eventTypes: flags.eventType,
        categories: flags.category,
        actorTypes: flags.actorType,
        actorGid: flags.actorGid,
        actorEmail: flags.actorEmail,
        resourceGid: flags.resourceGid,
        ip,
        text: flags.text,
      },
      form,
      dialect,
      zone,
      last,
      countBy: names?.map((name) => eventField(name, zone)),
      top,
      around: flags.around,
      windowMs,
    },
  }
}

function wholeNumber(
  setting: string,
  value: string | undefined,
  most: number,
  problems: Problem[],
): number | undefined {
  if (value === undefined) return undefined
  const number = Number(value)
  if (Number.isInteger(number) && number >= 1 && number <= most) return number
  const range = most === Number.MAX_SAFE_INTEGER ? 'from 1' : `from 1 to ${most}`
  problems.push({
    setting,
    message: `${JSON.stringify(value)} cannot be used. Give a whole number ${range}, for example 20.`,
  })
  return undefined
}
