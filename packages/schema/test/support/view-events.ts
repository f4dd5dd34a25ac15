import type { AuditLogEvent } from '../../src/event/event.ts'
import { eventTypes } from '../../src/event/event-types.ts'

const ada = { actor_type: 'user', gid: '7', name: 'Ada', email: 'ada@example.com' }
const bart = { resource_type: 'user', gid: '8', name: 'Bart', email: 'bart@example.com' }
const web = { context_type: 'web', client_ip_address: '192.0.2.7', user_agent: 'Firefox' }

/** Fields that may differ between events of one type, some of them with unexpected values. */
const shapes: { readonly [shape: string]: Record<string, unknown> } = {
  'as documented': {},
  'without an address': { context: { context_type: 'api' } },
  'with an address that is none': { context: { ...web, client_ip_address: '10.0.0.1:443' } },
  'with an address of one network only': { context: { ...web, client_ip_address: ' fe80::1%eth0 ' } },
  'without context, resource and details': { context: null, resource: null, details: null },
  'by nobody we know': { actor: { actor_type: 'external_administrator' } },
  'by an actor that says nothing': { actor: {} },
  'by an actor of the wrong types': { actor: { actor_type: null, gid: 7, name: ['Ada'], email: {} } },
  'by oneself': { resource: { ...ada, resource_type: 'user' } },
  'about a user': { resource: bart },
  'about a workspace': { resource: { resource_type: 'workspace', gid: '12', name: 'Example' } },
  'about a team': { resource: { resource_type: 'team', gid: '13', name: 'Ops' } },
  'about a file': { resource: { resource_type: 'attachment', gid: '14', name: 'plan.pdf' } },
  'with a role in a team': {
    resource: bart,
    details: {
      old_value: 'member',
      new_value: 'team_admin',
      group: { gid: '13', name: 'Ops', resource_type: 'team' },
    },
  },
  'with strange details': { details: { old_value: { a: 1 }, new_value: ['x'], group: 'Ops', method: 7 } },
  'with half a surrogate pair': {
    gid: '\ud800',
    actor: { ...ada, name: 'A\udfff' },
    resource: { resource_type: 'user', name: '\ud800' },
    context: { client_ip_address: '\ud800', user_agent: '\udc00' },
  },
}

/** The values that name the resource of the event if it is a user, or none. */
export function namesOfTarget({ resource }: AuditLogEvent): Set<unknown> {
  const { resource_type, ...values } = resource ?? {}
  const texts = Object.values(values).flatMap((value) =>
    typeof value === 'string' ? value.toWellFormed() : [],
  )
  return new Set(resource_type === 'user' ? texts : [])
}

/** Every shape of every known type, and of unknown types in each category and in none. */
export function* viewEvents(): Generator<[what: string, event: AuditLogEvent]> {
  const categories = [
    ...new Set([...eventTypes.values()].map(({ category }) => category)),
    'new_category',
    null,
  ]
  const endings = ['_added', '_deleted', '_undeleted', '_enabled', '_changed', '_started', '']
  const types: [string, unknown, string | undefined][] = [
    ...[...eventTypes.values()].map(
      ({ name, category, resourceType }): [string, unknown, string | undefined] => [
        name,
        category,
        resourceType,
      ],
    ),
    ...categories.flatMap((category) =>
      endings.map((ending): [string, unknown, undefined] => [`brand_new${ending}`, category, undefined]),
    ),
  ]
  for (const [event_type, event_category, resource_type] of types) {
    for (const [shape, change] of Object.entries(shapes)) {
      const event = {
        gid: '1200000000000001',
        created_at: '2026-01-02T03:04:05.678Z',
        event_type,
        event_category,
        actor: ada,
        resource: { resource_type, gid: '9', name: 'Something' },
        details: { old_value: 'before', new_value: 'after', method: ['SAML'] },
        context: web,
        ...change,
      }
      // Through JSON text, which leaves out undefined values.
      yield [`${event_type} ${shape}`, JSON.parse(JSON.stringify(event)) as AuditLogEvent]
    }
  }
}
