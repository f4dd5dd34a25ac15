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
]
