import { expect, test } from 'vitest'
import { indicatorPaths } from '../src/index.ts'
import { type PantherField, pantherSchema } from '../src/views/panther.ts'

/** The fields without the words, by dotted path. */
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
