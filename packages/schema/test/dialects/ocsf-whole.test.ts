import { describe, expect, test } from 'vitest'
import { type OcsfOptions, toOcsf } from '../../src/dialects/ocsf.ts'
import type { AuditLogEvent } from '../../src/index.ts'
import { fromJsonText } from '../../src/lossless.ts'
import samples from '../fixtures/sample-events.json' with { type: 'json' }
import { arbitraryEvent } from '../support/arbitrary-event.ts'
import { holds } from '../support/holds.ts'
import { sameJson } from '../support/same-json.ts'
import { changes, documentedEvents } from './ocsf-events.ts'

describe('nothing is lost', () => {
  test('raw_data is the whole event', () => {
    holds(arbitraryEvent, (event) => sameJson(fromJsonText(toOcsf(event).raw_data ?? ''), event), 100)
  })

  test.each<OcsfOptions>([{}, { version: '1.3.0' }, { version: '1.3.0', hostProfile: true }])(
    'without raw_data, every value is still in another attribute: %j',
    (options) => {
      holds(arbitraryEvent, (event) => {
        const { message: _, ...whole } = toOcsf(event, { ...options, rawData: false })
        const there = leaves(whole)
        return [...leaves(event)].every((value) => there.has(value))
      })
    },
  )

  test('a value that has an attribute is not in unmapped too', () => {
    const [sample] = samples.filter(({ event_type }) => event_type === 'user_app_authorized')
    expect(toOcsf(sample!).unmapped).toEqual({
      event_category: 'apps',
      actor: { actor_type: 'user' },
      resource: { resource_type: 'user' },
      details: sample!.details,
      context: { context_type: 'web' },
    })
  })
})

describe('nothing is invented', () => {
  const people = [
    'actor',
    'user',
    'group',
    'entity',
    'file',
    'web_resources',
    'privileges',
    'resources',
    'src_endpoint',
  ]
  /** Words of the schema and of the tables. */
  const ours = new Set<unknown>([
    ...['Unknown', 'User', 'Admin', 'System', 'Service'],
    ...['Group', 'Organization', 'Policy', 'Network Zone', 'Regular File'],
    ...['app', 'personal access token', 'workspace admin', 'division admin', 'team admin'],
    ...[0, 1, 2, 3, 4, 5, 7, 99],
  ])

  function told(event: AuditLogEvent): boolean {
    const whole = toOcsf(event)
    const known = leaves(event)
    const texts = [...known].filter((value) => typeof value === 'string')
    const parts = people.map((name) => whole[name]).filter((part) => part !== undefined)
    return [...leaves(parts)].every(
      (value) =>
        ours.has(value) ||
        known.has(value) ||
        // The name of a setting is part of the event type, an address may have had a zone, and a text may have been repaired.
        texts.some((text) => typeof value === 'string' && text.toWellFormed().includes(value)),
    )
  }

  test('for known events', () => {
    for (const event of documentedEvents) {
      for (const change of [{}, ...Object.values(changes)]) expect(told({ ...event, ...change })).toBe(true)
    }
  })

  test('for events with any content', () => {
    holds(arbitraryEvent, told)
  })

  test.each([
    'team_member_added',
    'team_member_removed',
    'project_member_added',
    'project_member_removed',
    'portfolio_member_added',
    'portfolio_member_removed',
  ])('%s names nobody but the actor, as the event does not', (event_type) => {
    const kind = event_type.split('_')[0] ?? ''
    const whole = toOcsf({
      ...samples[0]!,
      event_type,
      event_category: 'access_control',
      resource: { resource_type: kind, gid: '8', name: 'Apollo' },
      details: {},
    })
    expect(whole).not.toHaveProperty('user')
    expect([whole['group'], whole['web_resources']]).toEqual(
      kind === 'team'
        ? [{ name: 'Apollo', uid: '8' }, undefined]
        : [undefined, [{ name: 'Apollo', uid: '8', type: kind }]],
    )
    const { user } = (whole['actor'] ?? { user: (whole['src_endpoint'] as { owner: object }).owner }) as {
      user: object
    }
    expect(user).toMatchObject({ name: 'Homer Simpson' })
  })
})

/** Every value in it that is neither an object nor a list. */
function leaves(value: unknown): Set<unknown> {
  const found = new Set<unknown>()
  const open = [value]
  while (open.length > 0) {
    const part = open.pop()
    if (typeof part === 'object' && part !== null) open.push(...Object.values(part))
    else found.add(part)
  }
  return found
}
