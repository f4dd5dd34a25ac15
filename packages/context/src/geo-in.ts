import type { Geo } from '@asana-audit/schema/context'
import { type Fields, known, partOf, textOf } from './entry-fields.ts'

/** The place in an entry of a City or Country database. A field of another type than it is documented with counts as missing. */
export function geoIn(entry: Fields): Geo | undefined {
  const countryIsoCode = textOf(partOf(entry, 'country'), 'iso_code')
  const { latitude: lat, longitude: lon } = partOf(entry, 'location')
  const subdivisions = entry['subdivisions']
  // From the largest to the smallest, as GB has England, then a county.
  const smallest = Array.isArray(subdivisions) ? partOf({ last: subdivisions.at(-1) }, 'last') : {}
  const region = textOf(smallest, 'iso_code')
  return known({
    continentCode: textOf(partOf(entry, 'continent'), 'code'),
    countryIsoCode,
    regionIsoCode: countryIsoCode && region && `${countryIsoCode}-${region}`,
    localityName: textOf(partOf(partOf(entry, 'city'), 'names'), 'en'),
    postalCode: textOf(partOf(entry, 'postal'), 'code'),
    ...(isWithin(lat, 90) && isWithin(lon, 180) && { lat, lon }),
  })
}

function isWithin(value: unknown, most: number): value is number {
  return typeof value === 'number' && Math.abs(value) <= most
}
