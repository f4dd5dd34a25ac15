import type { EventContext } from '../context/event-context.ts'
import { withoutUndefined } from '../context/without-undefined.ts'
import { ipAddress } from '../log-record/ip-address.ts'
import { type EventParts, said } from './event-parts.ts'

/** Where an event came from, as ECS has it. */
export interface EcsSource {
  ip?: string
  address?: string
  geo?: {
    continent_code?: string
    country_iso_code?: string
    region_iso_code?: string
    city_name?: string
    postal_code?: string
    location?: { lat: number; lon: number }
  }
  as?: { number?: number; organization?: { name: string } }
}

/** The client as ECS has it. */
export interface EcsUserAgent {
  original?: string
  name?: string
  version?: string
  os?: { name?: string; version?: string }
}

/** Only a valid address is an `ip`: Elasticsearch refuses a document with another. */
export function ecsSource({ context }: EventParts, { geo, as }: EventContext): EcsSource | undefined {
  return withoutUndefined({
    ip: ipAddress(context['client_ip_address']),
    address: said(context['client_ip_address']),
    geo: geo && ecsGeo(geo),
    as:
      as &&
      withoutUndefined({
        number: as.number,
        organization: as.organizationName && { name: as.organizationName },
      }),
  }) as EcsSource | undefined
}

function ecsGeo(geo: NonNullable<EventContext['geo']>): object | undefined {
  const { lat, lon } = geo
  return withoutUndefined({
    continent_code: geo.continentCode,
    country_iso_code: geo.countryIsoCode,
    region_iso_code: geo.regionIsoCode,
    city_name: geo.localityName,
    postal_code: geo.postalCode,
    location: lat === undefined || lon === undefined ? undefined : { lat, lon },
  })
}

export function ecsUserAgent({ context }: EventParts, { userAgent }: EventContext): EcsUserAgent | undefined {
  return withoutUndefined({
    original: said(context['user_agent']),
    name: said(userAgent?.name),
    version: said(userAgent?.version),
    os: withoutUndefined({ name: said(userAgent?.osName), version: said(userAgent?.osVersion) }),
  }) as EcsUserAgent | undefined
}
