import { isGid } from '../config/pipeline/gid.ts'
import { missingUnit, parseDuration } from '../config/times/time.ts'
import { dialects } from '../dialect.ts'
import { readChoice } from '../flags/choice.ts'
import { type AnyCommand, type Done, type FlagsOf, Option, repeated } from '../flags/command.ts'
import { actorEmail, actorGid, actorType, eventType, resourceGid } from '../flags/filter-flags.ts'
import { examples, helpEnd, reading, readingStatuses } from '../flags/help.ts'
import { withSourceFlags } from '../flags/source-flags.ts'
import type { EventFilter } from '../input/events/event-filter.ts'
import { readSource } from '../input/source-settings.ts'
import { eventField, fieldProblem } from '../query/event-field.ts'
import { outputForms } from '../query/event-writer.ts'
import { ipRange } from '../query/ip-range.ts'
import type { QuerySettings } from '../query/query-settings.ts'
import { runQuery } from '../query/run-query.ts'
import { localZone, utc } from '../query/zone.ts'
import type { ExitCode } from '../terminal/exit-code.ts'
import { invalidSettings, type Problem } from '../terminal/problem.ts'

const define = () =>
  withSourceFlags('query')
    .option('--gid <gid>', 'only this event')
    .addOption(eventType)
    .option('--category <name>', 'only this category; may be repeated', repeated)
    .addOption(actorType)
    .addOption(actorGid)
    .addOption(actorEmail)
    .addOption(resourceGid)
    .option('--ip <address>', 'only events from this IP address or range (192.0.2.0/24)')
    .option('--text <text>', 'only events with this text in the description or in any value')
    .option('--last <number>', 'only this number of events, the newest ones')
    .option(
      '--around <gid>',
      'show what the actor and the IP address of this event did before and after it; look for it between --since and --until',
    )
    .option('--window <duration>', 'with --around: how long before and after the event (default 1h)')
    .option(
      '--count-by <fields>',
      'count events by fields, such as actor.email or context.client_ip_address, or by month, day, hour, weekday, hour_of_day, actor, resource',
    )
    .option('--top <number>', 'with --count-by: only this number of values, the most frequent ones')
    .option('--output <form>', 'table, jsonl (whole events) or csv (default table)')
    .addOption(new Option('--json', 'the same as --output jsonl').implies({ output: 'jsonl' }))
    .option('--format <dialect>', `print JSON lines in this dialect: ${dialects.join(', ')}`)
    .addHelpText(
      'before',
      examples(
        'query --since 24h --actor-email ada@example.com',
        'query --from audit*.jsonl --event-type user_login_failed \\\n      --count-by actor,context.client_ip_address',
        'query --from audit.jsonl.gz --around 1209000000123456 --window 2h',
        'query --from s3://audit-evidence/asana --since 2026-01-01 \\\n      --until 2026-02-01 --actor-email ada@example.com',
      ),
    )
    .addHelpText('after', helpEnd(reading, readingStatuses))

type QueryFlags = FlagsOf<typeof define>

/** `asana-audit query`. */
export const queryCommand = (done: Done): AnyCommand =>
  define().action(async (flags) => done(await query(flags)))

async function query(flags: QueryFlags): Promise<ExitCode> {
  const read = await readQuerySettings(flags, process.env)
  return 'problems' in read ? invalidSettings(read.problems) : runQuery(read.settings)
}

/** The highest `--last`, because these events are kept in memory. */
const mostLast = 100_000

type Wrong = (setting: string, message: string) => void

/** Reads flags and environment into settings, or returns every problem with them at once. */
async function readQuerySettings(
  flags: QueryFlags,
  env: NodeJS.ProcessEnv,
): Promise<{ readonly settings: QuerySettings } | { readonly problems: readonly Problem[] }> {
  const problems: Problem[] = []
  const wrong: Wrong = (setting, message) => problems.push({ setting, message })
  const source = await readSource(flags, env, problems)
  const filter = readFilter(flags, wrong)
  const lines = readLineForm(flags, problems, wrong)
  const windowMs = parseDuration(flags.window ?? '1h')
  if (windowMs === undefined)
    wrong('--window', missingUnit(flags.window, 'h') ?? 'Give a duration, for example 30m or 2h.')
  const last = wholeNumber('--last', flags.last, mostLast, wrong)
  const top = wholeNumber('--top', flags.top, Number.MAX_SAFE_INTEGER, wrong)
  const names = flags.countBy?.split(',').map((name) => name.trim())
  if (names?.includes(''))
    wrong('--count-by', 'Give paths of fields, for example actor.email or day,event_type.')
  for (const problem of names?.flatMap((name) => fieldProblem(name) ?? []) ?? []) wrong('--count-by', problem)
  refuseTogether(flags, wrong)

  if (!source || !lines || windowMs === undefined || problems.length > 0) return { problems }
  const zone = flags.local ? localZone : utc
  const countBy = names?.map((name) => eventField(name, zone))
  return {
    settings: { source, filter, ...lines, zone, last, countBy, top, around: flags.around, windowMs },
  }
}

function readFilter(flags: QueryFlags, wrong: Wrong): EventFilter {
  const ip = flags.ip === undefined ? undefined : ipRange(flags.ip)
  if (flags.ip !== undefined && ip === undefined) {
    wrong(
      '--ip',
      `${JSON.stringify(flags.ip)} cannot be used. Give an address or a range: 192.0.2.7, 192.0.2.0/24.`,
    )
  }
  if (flags.actorEmail !== undefined && !flags.actorEmail.includes('@')) {
    wrong('--actor-email', 'This is not an e-mail address. Give one, for example ada@example.com.')
  }
  if (flags.from === undefined) refuseNoGids(flags, wrong)
  return {
    gid: flags.gid,
    eventTypes: flags.eventType,
    categories: flags.category,
    actorTypes: flags.actorType,
    actorGid: flags.actorGid,
    actorEmail: flags.actorEmail,
    resourceGid: flags.resourceGid,
    ip,
    text: flags.text,
  }
}

/** A file may hold events of another source. Asana has no event with such a gid, so reading Asana would find nothing. */
function refuseNoGids({ gid, around, actorGid, resourceGid }: QueryFlags, wrong: Wrong): void {
  const given = { '--gid': gid, '--around': around, '--actor-gid': actorGid, '--resource-gid': resourceGid }
  for (const [flag, text] of Object.entries(given)) {
    if (text === undefined || isGid(text)) continue
    wrong(flag, `${JSON.stringify(text)} is not a gid. Give its digits, for example 1234567890123456.`)
  }
}

/** How events are printed. */
function readLineForm(
  flags: QueryFlags,
  problems: Problem[],
  wrong: Wrong,
): Pick<QuerySettings, 'form' | 'dialect'> | undefined {
  const dialect = readChoice('--format', flags.format ?? 'event', dialects, problems)
  if (flags.format !== undefined && flags.output !== undefined && flags.output !== 'jsonl') {
    wrong(
      '--format',
      'It prints JSON lines, so it cannot be used with another --output. Leave out --output or --format.',
    )
  }
  const byDefault = flags.format === undefined ? 'table' : 'jsonl'
  const form = readChoice('--output', flags.output ?? byDefault, outputForms, problems)
  return form && dialect && { form, dialect }
}

/** Reports flags that cannot be used together, and flags that need another one. */
function refuseTogether(flags: QueryFlags, wrong: Wrong): void {
  const counts = flags.countBy !== undefined
  if (flags.around !== undefined) {
    if (flags.from?.includes('-')) {
      wrong(
        '--around',
        'It reads the archive twice, but standard input can be read only once. Give --from a file.',
      )
    }
    if (counts) wrong('--around', 'It shows events and cannot count them. Leave out --count-by or --around.')
    if (flags.last !== undefined)
      wrong('--around', 'It shows all events around one event. Leave out --last or --around.')
  } else if (flags.window !== undefined) {
    wrong('--window', 'It needs --around. Leave it out, or give the gid of an event with --around.')
  }
  if (flags.format !== undefined && counts)
    wrong('--format', 'It is for events, not for counts. Leave out --format or --count-by.')
  if (flags.top !== undefined && !counts)
    wrong('--top', 'It needs --count-by. For the newest events give --last.')
  if (flags.last !== undefined && counts)
    wrong('--last', 'It is for events, not for counts. Leave out --last or --count-by.')
}

function wholeNumber(
  setting: string,
  value: string | undefined,
  most: number,
  wrong: Wrong,
): number | undefined {
  if (value === undefined) return undefined
  const number = Number(value)
  if (Number.isInteger(number) && number >= 1 && number <= most) return number
  const range = most === Number.MAX_SAFE_INTEGER ? 'from 1' : `from 1 to ${most}`
  wrong(setting, `${JSON.stringify(value)} cannot be used. Give a whole number ${range}, for example 20.`)
  return undefined
}
