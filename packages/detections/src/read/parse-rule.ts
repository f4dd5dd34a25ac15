import { parseCondition } from '../match/condition.ts'
import type { EventTest } from '../match/field-test.ts'
import { parseSearch } from '../match/search.ts'
import type { AboutRule, EventRule } from '../rule.ts'
import {
  type CorrelationDocument,
  correlationDocument,
  type EventRuleDocument,
  eventRuleDocument,
  type FirstSeenDocument,
  firstSeenDocument,
  inPlainWords,
  sentences,
} from './rule-document.ts'
import { unknownInCorrelation, unknownInDetection } from './unknown-names.ts'

/** A correlation whose parts have not been looked up yet. */
export interface ParsedCorrelation {
  readonly about: AboutRule
  readonly correlation: CorrelationDocument['correlation'] | FirstSeenDocument['correlation']
}

export type ParsedRule = EventRule | ParsedCorrelation

/** A rule that can run, with sentences about names in it that we do not know. */
interface Parsed {
  readonly rule: ParsedRule
  readonly unknown: readonly string[]
}

/** One document of a rule file, or all its problems. */
export function parseRule(
  document: unknown,
  file: string,
): Parsed | { readonly title: string | undefined; readonly problems: readonly string[] } {
  const json: Readonly<Record<string, unknown>> = { ...(document as object | null) }
  const title = typeof json['title'] === 'string' ? json['title'] : undefined
  const other = ['filter', 'action', 'global'].filter((key) => key in json)
  if (other.length > 0) return { title, problems: [`${other.join(', ')}: such documents are not supported`] }
  if ('correlation' in json) {
    const isFirstSeen = Object(json['correlation'])['type'] === 'first_seen'
    const form = isFirstSeen ? firstSeenDocument : correlationDocument
    const read = form.safeParse(json, { error: inPlainWords })
    if (!read.success) return { title, problems: sentences(read.error) }
    const { correlation } = read.data
    return {
      rule: { about: aboutRule(read.data, file), correlation },
      unknown: unknownInCorrelation(correlation),
    }
  }
  const read = eventRuleDocument.safeParse(json, { error: inPlainWords })
  if (!read.success) return { title, problems: sentences(read.error) }
  const problems: string[] = []
  const matches = eventTest(read.data.detection, problems)
  if (problems.length > 0) return { title, problems }
  const rule: ParsedRule = { ...aboutRule(read.data, file), kind: 'event', matches }
  return { rule, unknown: unknownInDetection(read.data.detection) }
}

function aboutRule(
  document: EventRuleDocument | CorrelationDocument | FirstSeenDocument,
  file: string,
): AboutRule {
  const { title, id, name, description, level, status, tags, references, falsepositives } = document
  return {
    id: id ?? name ?? title,
    name,
    title,
    description: description.trim(),
    level,
    status,
    tags,
    references,
    falsePositives: falsepositives,
    file,
    reports: true,
  }
}

function eventTest(
  { condition, timeframe: _, ...searches }: EventRuleDocument['detection'],
  problems: string[],
): EventTest {
  const attempt = <T>(where: string, parse: () => T): T | undefined => {
    try {
      return parse()
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error
      problems.push(`detection.${where}: ${error.message}`)
      return undefined
    }
  }
  const tests = new Map<string, EventTest>()
  for (const [identifier, search] of Object.entries(searches)) {
    const test = attempt(identifier, () => parseSearch(search))
    if (test) tests.set(identifier, test)
  }
  const identifiers = Object.keys(searches)
  const texts = typeof condition === 'string' ? [condition] : condition
  const conditions = texts.flatMap(
    (text) => attempt('condition', () => parseCondition(text, identifiers)) ?? [],
  )
  return (event) => conditions.some((holds) => holds((identifier) => tests.get(identifier)?.(event) ?? false))
}
