import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { AuditLogEvent } from '@asana-audit/schema'
import { toAsim } from '@asana-audit/schema/dialects/asim'
import { generateEvents, isStoryName, stories } from '@asana-audit/simulator'
import { describe, expect, test } from 'vitest'
import { sentinelFolder, sentinelPack } from '../../../scripts/detections/sentinel/sentinel-pack.ts'
import { type EventRule, shippedRules } from '../src/index.ts'
import { kqlHolds } from './kql-model.ts'
import { readSamples, sampleEvents } from './sample-events.ts'

const rules = await shippedRules()
const pack = sentinelPack(rules)
const nameOf = ({ file }: { readonly file: string }): string => basename(file, '.yml')
const converted = rules.filter((rule): rule is EventRule => pack.has(`${nameOf(rule)}.kql`))

function conditionOf(rule: EventRule): string {
  return /^\| where (.*)$/m.exec(pack.get(`${nameOf(rule)}.kql`) ?? '')?.[1] ?? ''
}

test('the files are what the rules give today: else run `pnpm generate:detections`', () => {
  expect(readdirSync(sentinelFolder).sort()).toEqual([...pack.keys()].sort())
  for (const [name, made] of pack) expect(readFileSync(join(sentinelFolder, name), 'utf8'), name).toBe(made)
})

test('every rule about single events is converted, and every other one is listed', () => {
  const reporting = rules.filter(({ reports }) => reports)
  expect(converted).toEqual(reporting.filter(({ kind }) => kind === 'event'))
  for (const { title } of reporting) expect(pack.get('README.md')).toContain(`[${title}](`)
})

describe.each(converted)('the query of "$title", in a model of Kusto', (rule) => {
  test('finds what the rule finds in its samples', () => {
    const { fires, quiet } = readSamples(`${nameOf(rule)}.yml`)
    const events = [...Object.values(fires), ...Object.values(quiet)].flatMap(sampleEvents)
    const found = events.map((event) => kqlHolds(conditionOf(rule), event))
    expect(found).toEqual(events.map(rule.matches))
    expect(found).toContain(true)
    expect(found).toContain(false)
  })
})

test('over simulated events with all stories the queries find what the rules find', () => {
  const until = Date.parse('2026-11-09T00:00:00Z')
  const names = Object.keys(stories).filter(isStoryName)
  const from = until - 7 * 86_400_000
  const events = generateEvents({ from, until, count: 1_000, seed: 7, stories: names })
  for (const rule of converted) {
    const gids = (holds: (event: AuditLogEvent) => boolean) => events.filter(holds).map(({ gid }) => gid)
    expect(
      gids((event) => kqlHolds(conditionOf(rule), event)),
      rule.title,
    ).toEqual(gids(rule.matches))
  }
})

test('the function reads each part of an event from the column that has it', () => {
  const event: AuditLogEvent = {
    gid: '1',
    created_at: '2026-01-02T03:04:05Z',
    event_type: 'user_app_authorized',
    event_category: 'apps',
    actor: { actor_type: 'user', gid: '7', name: 'Ada', email: 'ada@example.com' },
    resource: { resource_type: 'user', resource_subtype: 'x', gid: '8', name: 'Bo', email: 'bo@example.com' },
    details: { new_value: 'a' },
    context: {
      context_type: 'api',
      api_authentication_method: 'oauth',
      client_ip_address: '192.0.2.7',
      user_agent: 'curl/8',
      oauth_app_name: 'Zapier',
      rule_name: 'Rule',
      on_behalf_of_user_id: 9,
    },
  }
  const { AdditionalFields: fields } = toAsim(event)
  const text = pack.get('AsanaAudit.kql') ?? ''
  for (const section of ['actor', 'resource', 'context']) {
    const [, bag = ''] = new RegExp(`^ {4}${section} = bag_pack\\((.*)\\),$`, 'm').exec(text) ?? []
    const read = [...bag.matchAll(/"(\w+)", AdditionalFields\["([\w.]+)"\]/g)]
    expect(Object.fromEntries(read.map(([, name, attribute]) => [name, fields[attribute!]]))).toEqual(
      event[section],
    )
  }
  expect(text).toContain('details = parse_json(tostring(AdditionalFields["asana.audit.details"]))')
  expect(fields['asana.audit.details']).toBe('{"new_value":"a"}')
})
