import type { AboutRule, CorrelationRule, EventRule, FirstSeenRule, Rule, RuleProblem } from '../rule.ts'
import type { ParsedCorrelation, ParsedRule } from './parse-rule.ts'
import type { CorrelationDocument, FirstSeenDocument } from './rule-document.ts'

/** Gives correlations their parts, and puts every rule after its parts. Adds all problems to `problems`. */
export function resolveRules(parsed: readonly ParsedRule[], problems: RuleProblem[]): Rule[] {
  const named = byName(parsed, problems)
  const quiet = new Set(
    parsed.flatMap((rule) => {
      if (!('correlation' in rule) || rule.correlation.generate) return []
      return rule.correlation.rules.flatMap((reference) => named.get(reference) ?? [])
    }),
  )
  const resolved = new Map<ParsedRule, Rule | undefined>()

  function resolve(rule: ParsedRule, above: readonly ParsedRule[]): Rule | undefined {
    if (resolved.has(rule)) return resolved.get(rule)
    const reports = !quiet.has(rule)
    const made =
      'correlation' in rule ? correlationOf(rule, reports, above) : ({ ...rule, reports } satisfies EventRule)
    resolved.set(rule, made)
    return made
  }

  function partsOf(rule: ParsedCorrelation, above: readonly ParsedRule[], wrong: Wrong): Rule[] {
    return rule.correlation.rules.flatMap((reference) => {
      const part = named.get(reference)
      if (part === undefined) wrong('rules', `there is no rule with the id or name ${reference}`)
      else if (part === rule || above.includes(part)) wrong('rules', `${reference} contains this rule itself`)
      else return resolve(part, [...above, rule]) ?? []
      return []
    })
  }

  function correlationOf(
    rule: ParsedCorrelation,
    reports: boolean,
    above: readonly ParsedRule[],
  ): CorrelationRule | FirstSeenRule | undefined {
    const { about, correlation } = rule
    const before = problems.length
    const wrong = (where: string, message: string): void => {
      problems.push({ file: about.file, rule: about.title, message: `correlation.${where}: ${message}` })
    }
    const parts = partsOf(rule, above, wrong)
    const own =
      correlation.type === 'first_seen' ? firstSeenOf(correlation, wrong) : countingOf(correlation, wrong)
    const isWhole = problems.length === before && parts.length === correlation.rules.length
    return isWhole && own ? { ...about, reports, parts, ...own } : undefined
  }

  for (const rule of parsed) resolve(rule, [])
  // A Map keeps the order of insertion, and a part is inserted before the rule that needs it.
  return [...resolved.values()].filter((rule) => rule !== undefined)
}

function byName(parsed: readonly ParsedRule[], problems: RuleProblem[]): Map<string, ParsedRule> {
  const named = new Map<string, ParsedRule>()
  for (const rule of parsed) {
    const about = 'correlation' in rule ? rule.about : rule
    for (const name of new Set([about.id, about.name ?? about.id])) {
      const other = named.get(name)
      if (other === undefined) named.set(name, rule)
      else {
        const { file } = 'correlation' in other ? other.about : other
        const message = `The id or name ${name} is already used by a rule in ${file}.`
        problems.push({ file: about.file, rule: about.title, message })
      }
    }
  }
  return named
}

/** Notes a problem at this path within `correlation`. */
type Wrong = (where: string, message: string) => void

/** What a correlation has besides what all of them have. */
type Own<R extends CorrelationRule | FirstSeenRule> = Omit<R, keyof AboutRule | 'parts'>

function countingOf(
  correlation: CorrelationDocument['correlation'],
  wrong: Wrong,
): Own<CorrelationRule> | undefined {
  const { aliases, condition = {}, timespan, type, rules } = correlation
  const timespanMs = parseTimespan(timespan)
  if (timespanMs === undefined)
    wrong('timespan', `${JSON.stringify(timespan)} is not a timespan; write 30s, 10m, 24h or 7d`)
  const groupBy = correlation['group-by'].map((name) => ({
    name,
    paths: rules.map((reference) => {
      const alias = Object.hasOwn(aliases, name) ? aliases[name] : undefined
      if (alias && !Object.hasOwn(alias, reference)) wrong(`aliases.${name}`, `${reference} is missing`)
      return alias?.[reference] ?? name
    }),
  }))
  const { gte, gt, field } = condition
  const counts = type === 'event_count' || type === 'value_count'
  if (counts && (gte === undefined) === (gt === undefined)) {
    wrong('condition', 'write gte or gt; lt, lte, eq and ranges are only known when a window is over')
  }
  if (!counts && correlation.condition)
    wrong('condition', `it is not supported for ${type}: every rule counts`)
  if (type === 'value_count' && field === undefined) wrong('condition.field', 'it is missing')
  if (type === 'event_count' && field !== undefined) wrong('condition.field', 'it is only for value_count')
  if (timespanMs === undefined) return undefined
  const atLeast = counts ? (gte ?? (gt ?? 0) + 1) : rules.length
  return { kind: 'correlation', type, groupBy, timespanMs, atLeast, field }
}

function firstSeenOf(
  correlation: FirstSeenDocument['correlation'],
  wrong: Wrong,
): Own<FirstSeenRule> | undefined {
  const times = firstSeenTimes(correlation, wrong)
  const { field, as: form } = correlation.condition
  return times && { kind: 'first_seen', groupBy: correlation['group-by'], field, form, ...times }
}

const dayMs = 86_400_000

function firstSeenTimes(
  { timespan, learning }: FirstSeenDocument['correlation'],
  wrong: Wrong,
): Pick<FirstSeenRule, 'days' | 'learningMs'> | undefined {
  const [remembered, learningMs] = [parseTimespan(timespan), parseTimespan(learning)]
  const days = remembered === undefined ? 0 : remembered / dayMs
  if (!Number.isInteger(days) || days < 1 || days > 366)
    wrong('timespan', `${JSON.stringify(timespan)} is not a number of days from 1d to 366d`)
  if (learningMs === undefined || (remembered !== undefined && learningMs >= remembered))
    wrong('learning', `${JSON.stringify(learning)} is not a timespan shorter than timespan; write 14d or 12h`)
  return learningMs === undefined ? undefined : { days, learningMs }
}

const units: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** `90s`, `10m`, `24h`, `30d` in milliseconds; undefined for anything else. */
function parseTimespan(text: string): number | undefined {
  const [, number, unit] = /^([1-9]\d{0,6})([smhd])$/.exec(text) ?? []
  const ms = units[unit as keyof typeof units]
  return number === undefined || ms === undefined ? undefined : Number(number) * ms
}
