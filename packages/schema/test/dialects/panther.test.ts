import { expect, test } from 'vitest'
import { type PantherField, pantherSchema, toPanther } from '../../src/dialects/panther.ts'
import { indicatorPaths, indicators } from '../../src/index.ts'
import samples from '../fixtures/sample-events.json' with { type: 'json' }
import { arbitraryEvent } from '../support/arbitrary-event.ts'
import { holds } from '../support/holds.ts'
import { sameJson } from '../support/same-json.ts'

/** The fields without their descriptions, by dotted path. */
function meaning(fields: PantherField[], prefix = ''): { [path: string]: object } {
  return Object.fromEntries(
    fields.flatMap(({ name, description, fields: inner = [], ...rest }) => [
      [`${prefix}${name}`, rest],
      ...Object.entries(meaning(inner, `${prefix}${name}.`)),
    ]),
  )
}

const text = { type: 'string' }

test('the schema means what Asana.Audit means', () => {
  const { fields, description, ...head } = pantherSchema()
  expect(head).toEqual({
    schema: 'Asana.Audit',
    version: 0,
    referenceURL: 'https://developers.asana.com/docs/audit-log-events',
  })
  expect(description).not.toBe('')
  expect(meaning(fields)).toEqual({
    gid: { type: 'string', required: true },
    actor: { type: 'object', required: true },
    'actor.actor_type': text,
    'actor.email': { type: 'string', indicators: ['email'] },
    'actor.gid': text,
    'actor.name': { type: 'string', indicators: ['username'] },
    context: { type: 'object' },
    'context.api_authentication_method': text,
    'context.client_ip_address': { type: 'string', indicators: ['ip'] },
    'context.context_type': text,
    'context.oauth_app_name': text,
    'context.user_agent': text,
    created_at: { type: 'timestamp', required: true, timeFormat: 'rfc3339', isEventTime: true },
    details: { type: 'json' },
    event_category: text,
    event_type: { type: 'string', required: true },
    resource: { type: 'object' },
    'resource.email': { type: 'string', indicators: ['email'] },
    'resource.gid': text,
    'resource.name': text,
    'resource.resource_subtype': text,
    'resource.resource_type': text,
  })
})

test('every indicator path is a field of it', () => {
  const known = Object.keys(meaning(pantherSchema().fields))
  const paths = Object.values(indicatorPaths).flatMap((list) => list.map((path) => path.join('.')))
  expect(known).toEqual(expect.arrayContaining(paths))
})

test('the schema with another name has all fields, the two documented ones more, and our context', () => {
  const custom = pantherSchema({ name: 'Custom.AsanaAudit' })
  expect(custom.schema).toBe('Custom.AsanaAudit')
  expect(meaning(custom.fields)).toEqual({
    ...meaning(pantherSchema().fields),
    'context.rule_name': text,
    asana_audit_context: { type: 'json' },
    'context.on_behalf_of_user_id': { type: 'json' },
  })
})

test('an event is whole, with the fields that Panther adds', () => {
  const [sample] = samples.filter(({ event_type }) => event_type === 'user_workspace_admin_role_changed')
  expect(toPanther(sample as (typeof samples)[0])).toEqual({
    ...sample,
    p_log_type: 'Asana.Audit',
    p_event_time: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}$/),
    p_any_emails: ['homer.simpson@example.io', 'target@example.io'],
    p_any_ip_addresses: ['12.12.12.12'],
    p_any_usernames: ['Homer Simpson'],
  })
})

test('an event without actor and address has no indicators', () => {
  const event = {
    gid: '1',
    created_at: '2026-01-02T03:04:05.6789+02:00',
    event_type: 'user_logged_out',
    actor: { actor_type: 'asana' },
  }
  expect(toPanther(event, { logType: 'Custom.AsanaAudit' })).toEqual({
    ...event,
    p_log_type: 'Custom.AsanaAudit',
    p_event_time: '2026-01-02 01:04:05.678',
  })
})

test('for any event, nothing is lost and the lists hold the indicators', () => {
  holds(arbitraryEvent, (event) => {
    const { p_log_type, p_event_time, p_any_emails, p_any_ip_addresses, p_any_usernames, ...rest } =
      toPanther(event)
    const gathered = {
      email: p_any_emails ?? [],
      ip: p_any_ip_addresses ?? [],
      username: p_any_usernames ?? [],
    }
    return (
      sameJson(rest, event) &&
      sameJson(gathered, indicators(event)) &&
      p_log_type === 'Asana.Audit' &&
      !Number.isNaN(Date.parse(`${p_event_time.replace(' ', 'T')}Z`))
    )
  })
})
