import { contextAttributes } from '../../context/context-attributes.ts'
import type { EventContext, Geo } from '../../context/event-context.ts'
import { nested } from '../../context/nested.ts'
import { withoutUndefined } from '../../context/without-undefined.ts'
import type { AuditLogEvent } from '../../event/event.ts'
import { textOf } from './remainder.ts'

/** OCSF has names, and databases have codes. */
const continents: Readonly<Record<string, string>> = {
  ...{ AF: 'Africa', AN: 'Antarctica', AS: 'Asia', EU: 'Europe' },
  ...{ NA: 'North America', OC: 'Oceania', SA: 'South America' },
}

/** Attributes of an endpoint: where it is, and its network. */
export function endpointContext({ geo, as }: EventContext): object {
  const location = geo && locationOf(geo)
  const network = as && withoutUndefined({ number: as.number, name: as.organizationName })
  return { ...(location && { location }), ...(network && { autonomous_system: network }) }
}

/** Undefined for a place without city, country, region and postal code: OCSF wants one of them. */
function locationOf(geo: Geo): object | undefined {
  const { continentCode = '', countryIsoCode: country, regionIsoCode: region, localityName: city } = geo
  const { postalCode, lat, lon } = geo
  if ([city, country, postalCode, region].every((one) => one === undefined)) return undefined
  const continent = continents[continentCode]
  return withoutUndefined({ city, continent, country, lat, long: lon, postal_code: postalCode, region })
}

/** What was found about an attribute of the event: OCSF's place for what has no attribute. */
export interface Enrichment {
  /** The path of that attribute, and its value. */
  name: string
  value: string
  type: string
  /** As the attributes of a log record, nested. */
  data: object
}

/** Where the user agent is in an event that has no request. */
export const unmappedAgent = 'unmapped.context.user_agent'

/** `isUnmapped`: the class has neither an endpoint nor a request. */
export function enrichments(
  { gid, context: from }: AuditLogEvent,
  { userAgent, geo, as, provenance }: EventContext,
  isUnmapped: boolean,
): { enrichments?: Enrichment[] } {
  const agent = isUnmapped ? unmappedAgent : 'http_request.user_agent'
  const found = [
    enrichment(agent, textOf(from, 'user_agent'), 'user_agent', { userAgent }),
    isUnmapped
      ? enrichment('unmapped.context.client_ip_address', textOf(from, 'client_ip_address'), 'location', {
          geo,
          as,
        })
      : undefined,
    enrichment('metadata.uid', gid.toWellFormed(), 'provenance', { provenance }),
  ].filter((one) => one !== undefined)
  return found.length > 0 ? { enrichments: found } : {}
}

function enrichment(
  name: string,
  value: string | undefined,
  type: string,
  context: EventContext,
): Enrichment | undefined {
  const data = contextAttributes(context)
  if (value === undefined || Object.keys(data).length === 0) return undefined
  return { name, value, type, data: nested(data) }
}
