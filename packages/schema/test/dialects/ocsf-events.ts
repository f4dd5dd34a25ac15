import { generateEvents } from '../../../simulator/src/index.ts'
import { type AuditLogEvent, eventTypes } from '../../src/index.ts'
import samples from '../fixtures/sample-events.json' with { type: 'json' }

const from = Date.UTC(2026, 0, 1)
const generated = generateEvents({ count: 2 * eventTypes.size, from, until: from + 7 * 86_400_000 })
/** Every type as documented, more than once, and the samples. */
export const documentedEvents: AuditLogEvent[] = [...generated, ...samples]

/** Changes that make an event differ from its documentation. */
export const changes: { readonly [what: string]: Partial<AuditLogEvent> } = {
  'without an address': { context: { context_type: 'web' } },
  'with an address that is none': { context: { client_ip_address: '300.1.2.3' } },
  'with a longer address than OCSF takes': {
    context: { client_ip_address: '0000:0000:0000:0000:0000:ffff:192.168.100.100' },
  },
  'with a zone in the address': { context: { client_ip_address: ' fe80::1%eth0 ' } },
  'without a context': { context: null },
  'without an actor': { actor: {} },
  'with a kind of actor alone': { actor: { actor_type: 'asana' } },
  'with a new kind of actor': { actor: { actor_type: 'robot' } },
  'with an e-mail that is none': { actor: { email: 'ada at home' } },
  'without a resource': { resource: null },
  'with a resource of a new kind': { resource: { resource_type: 'form', gid: '8' } },
  'with a team as resource': { resource: { resource_type: 'team', gid: '8', name: 'Sales' } },
  'with a resource of the wrong types': { resource: { resource_type: 7, gid: ['8'], name: {} } as never },
  'with an e-mail alone': { resource: { resource_type: 'user', email: 'ada@example.com' } },
  'without details': { details: null },
  'with details of the wrong types': {
    details: { old_value: { a: 1 }, new_value: ['x'], group: 'none', method: 'SAML', app_name: 7 },
  },
  'with empty texts': {
    actor: { gid: '', name: '', email: '' },
    resource: { gid: '', name: '' },
    details: { new_value: '', method: [''] },
  },
}
