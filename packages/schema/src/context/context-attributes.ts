import { utcTime } from '../event/utc-time.ts'
import {
  ATTR_AS_NUMBER,
  ATTR_AS_ORGANIZATION_NAME,
  ATTR_ASANA_AUDIT_PROVENANCE_DELIVERY,
  ATTR_ASANA_AUDIT_PROVENANCE_PIPELINE,
  ATTR_ASANA_AUDIT_PROVENANCE_RECEIVED_AT,
  ATTR_ASANA_AUDIT_PROVENANCE_RUN,
  ATTR_ASANA_AUDIT_PROVENANCE_SOURCE,
  ATTR_ASANA_AUDIT_PROVENANCE_VERSION,
  ATTR_ASANA_AUDIT_PROVENANCE_WORKSPACE,
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
import type { EventContext, Provenance } from './event-context.ts'

/** The context of an event as attributes, without what is not known. */
export function contextAttributes({
  userAgent,
  geo,
  as,
  provenance,
}: EventContext): Record<string, string | number> {
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
  if (provenance) putProvenance(provenance, put)
  return attributes
}

function putProvenance(
  { source, workspace, pipeline, version, run, receivedAt, delivery }: Provenance,
  put: (name: string, value: string | undefined) => void,
): void {
  put(ATTR_ASANA_AUDIT_PROVENANCE_SOURCE, source)
  put(ATTR_ASANA_AUDIT_PROVENANCE_WORKSPACE, workspace)
  put(ATTR_ASANA_AUDIT_PROVENANCE_PIPELINE, pipeline)
  put(ATTR_ASANA_AUDIT_PROVENANCE_VERSION, version)
  put(ATTR_ASANA_AUDIT_PROVENANCE_RUN, run)
  put(ATTR_ASANA_AUDIT_PROVENANCE_RECEIVED_AT, receivedAt && utcTime(receivedAt, 9))
  put(ATTR_ASANA_AUDIT_PROVENANCE_DELIVERY, delivery)
}
