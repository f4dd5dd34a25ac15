import type { EventContext } from '../../src/context.ts'

/** A context that has everything. */
export const fullContext: EventContext = {
  userAgent: { name: 'Chrome', version: '141.0.0.0', osName: 'macOS', osVersion: '10.15.7' },
  geo: {
    continentCode: 'EU',
    countryIsoCode: 'DE',
    regionIsoCode: 'DE-BE',
    localityName: 'Berlin',
    postalCode: '10115',
    lat: 52.5,
    lon: 13.4,
  },
  as: { number: 64_496, organizationName: 'Example Net' },
  provenance: {
    source: 'audit_log',
    workspace: '1234567890123456',
    pipeline: 'acme-otlp',
    version: '0.1.0',
    run: '6ba7b810-9dad-41d1-80b4-00c04fd430c8',
    receivedAt: [1_767_323_050, 250_000_000],
    delivery: 'first',
  },
}

/** Contexts of which parts are missing. */
export const partialContexts: readonly EventContext[] = [
  {},
  { userAgent: {}, geo: {}, as: {} },
  { userAgent: { osName: 'iOS' } },
  { geo: { continentCode: 'EU' } },
  { geo: { lat: 0, lon: 0 } },
  { geo: { continentCode: 'XX', countryIsoCode: 'DE' }, as: { organizationName: 'Example Net' } },
  { as: { number: 0 } },
  { provenance: {} },
  { provenance: { source: 'quarantine', run: '6ba7b810-9dad-41d1-80b4-00c04fd430c8' } },
  { provenance: { source: 'archive', receivedAt: [0, 0], delivery: 'replay' }, userAgent: { name: 'curl' } },
]
