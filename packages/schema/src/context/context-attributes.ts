import {
  ATTR_AS_NUMBER,
  ATTR_AS_ORGANIZATION_NAME,
  ATTR_GEO_CONTINENT_CODE,
  ATTR_GEO_COUNTRY_ISO_CODE,
  ATTR_GEO_LOCALITY_NAME,
  ATTR_GEO_LOCATION_LAT,
  ATTR_GEO_LOCATION_LON,
  ATTR_GEO_POSTAL_CODE,
  ATTR_GEO_REGION_ISO_CODE,
  ATTR_USER_AGENT_NAME,
  ATTR_USER_AGENT_OS_NAME,
  ATTR_USER_AGENT_OS_VERSION,
  ATTR_USER_AGENT_VERSION,
} from '../semconv.ts'
import type { EventContext } from './event-context.ts'

/** The context of an event as attributes, without what is not known. */
export function contextAttributes({ userAgent, geo, as }: EventContext): Record<string, string | number> {
  const attributes: Record<string, string | number> = {}
  function put(name: string, value: string | number | undefined): void {
    if (value !== undefined) attributes[name] = typeof value === 'string' ? value.toWellFormed() : value
  }
  put(ATTR_USER_AGENT_NAME, userAgent?.name)
  put(ATTR_USER_AGENT_VERSION, userAgent?.version)
  put(ATTR_USER_AGENT_OS_NAME, userAgent?.osName)
  put(ATTR_USER_AGENT_OS_VERSION, userAgent?.osVersion)
  put(ATTR_GEO_CONTINENT_CODE, geo?.continentCode)
  put(ATTR_GEO_COUNTRY_ISO_CODE, geo?.countryIsoCode)
  put(ATTR_GEO_REGION_ISO_CODE, geo?.regionIsoCode)
  put(ATTR_GEO_LOCALITY_NAME, geo?.localityName)
  put(ATTR_GEO_POSTAL_CODE, geo?.postalCode)
  put(ATTR_GEO_LOCATION_LAT, geo?.lat)
  put(ATTR_GEO_LOCATION_LON, geo?.lon)
  put(ATTR_AS_NUMBER, as?.number)
  put(ATTR_AS_ORGANIZATION_NAME, as?.organizationName)
  return attributes
}
