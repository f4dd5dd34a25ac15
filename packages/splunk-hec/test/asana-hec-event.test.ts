import type { AuditLogEvent } from '@asana-audit/schema'
import { expect, test } from 'vitest'
import { fullContext } from '../../schema/test/support/full-context.ts'
import { asanaHecEvent } from '../src/index.ts'

const event: AuditLogEvent = {
  gid: '1',
  created_at: '2026-01-02T03:04:05Z',
  event_type: 'user_login_succeeded',
  actor: { actor_type: 'user' },
}

test('a context is in indexed fields, and the event is as it was', () => {
  const plain = asanaHecEvent(event)
  expect(asanaHecEvent(event, { context: () => fullContext })).toEqual({
    ...plain,
    fields: {
      ...plain.fields,
      asana_user_agent_name: 'Chrome',
      asana_user_agent_version: '141.0.0.0',
      asana_user_agent_os_name: 'macOS',
      asana_user_agent_os_version: '10.15.7',
      asana_geo_continent_code: 'EU',
      asana_geo_country_iso_code: 'DE',
      asana_geo_region_iso_code: 'DE-BE',
      asana_geo_locality_name: 'Berlin',
      asana_geo_postal_code: '10115',
      asana_geo_location_lat: 52.5,
      asana_geo_location_lon: 13.4,
      asana_as_number: 64_496,
      asana_as_organization_name: 'Example Net',
      asana_provenance_source: 'audit_log',
      asana_provenance_workspace: '1234567890123456',
      asana_provenance_pipeline: 'acme-otlp',
      asana_provenance_version: '0.1.0',
      asana_provenance_run: '6ba7b810-9dad-41d1-80b4-00c04fd430c8',
      asana_provenance_received_at: '2026-01-02T03:04:10.250Z',
      asana_provenance_delivery: 'first',
    },
  })
  expect(asanaHecEvent(event, { context: () => undefined })).toEqual(plain)
})

test('a field of an event is not said twice', () => {
  const { fields } = asanaHecEvent({ ...event, asana_as_number: 'x' }, { context: () => fullContext })
  expect(fields).not.toHaveProperty('asana_as_number')
  expect(fields).toHaveProperty('asana_geo_country_iso_code', 'DE')
})
