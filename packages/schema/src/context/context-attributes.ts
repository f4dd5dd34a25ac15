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
import type { EventContext } from './event-context.ts'

/** Every attribute of a context, and where its value is. */
const values = new Map<string, (context: EventContext) => string | number | undefined>([
  [ATTR_USER_AGENT_NAME, ({ userAgent }) => userAgent?.name],
  [ATTR_USER_AGENT_VERSION, ({ userAgent }) => userAgent?.version],
  [ATTR_USER_AGENT_OS_NAME, ({ userAgent }) => userAgent?.osName],
  [ATTR_USER_AGENT_OS_VERSION, ({ userAgent }) => userAgent?.osVersion],
  [ATTR_GEO_CONTINENT_CODE, ({ geo }) => geo?.continentCode],
  [ATTR_GEO_COUNTRY_ISO_CODE, ({ geo }) => geo?.countryIsoCode],
  [ATTR_GEO_REGION_ISO_CODE, ({ geo }) => geo?.regionIsoCode],
  [ATTR_GEO_LOCALITY_NAME, ({ geo }) => geo?.localityName],
  [ATTR_GEO_POSTAL_CODE, ({ geo }) => geo?.postalCode],
  [ATTR_GEO_LOCATION_LAT, ({ geo }) => geo?.lat],
  [ATTR_GEO_LOCATION_LON, ({ geo }) => geo?.lon],
  [ATTR_AS_NUMBER, ({ as }) => as?.number],
  [ATTR_AS_ORGANIZATION_NAME, ({ as }) => as?.organizationName],
  [ATTR_ASANA_AUDIT_PROVENANCE_SOURCE, ({ provenance }) => provenance?.source],
  [ATTR_ASANA_AUDIT_PROVENANCE_WORKSPACE, ({ provenance }) => provenance?.workspace],
  [ATTR_ASANA_AUDIT_PROVENANCE_PIPELINE, ({ provenance }) => provenance?.pipeline],
  [ATTR_ASANA_AUDIT_PROVENANCE_VERSION, ({ provenance }) => provenance?.version],
  [ATTR_ASANA_AUDIT_PROVENANCE_RUN, ({ provenance }) => provenance?.run],
  [
    ATTR_ASANA_AUDIT_PROVENANCE_RECEIVED_AT,
    ({ provenance }) => provenance?.receivedAt && utcTime(provenance.receivedAt, 9),
  ],
  [ATTR_ASANA_AUDIT_PROVENANCE_DELIVERY, ({ provenance }) => provenance?.delivery],
])

/** The names of all that a context may hold. */
export const contextAttributeNames: readonly string[] = [...values.keys()]

/** The context of an event as attributes, without what is not known. */
export function contextAttributes(context: EventContext): Record<string, string | number> {
  const attributes: Record<string, string | number> = {}
  for (const [name, valueIn] of values) {
    const value = valueIn(context)
    if (value !== undefined) attributes[name] = typeof value === 'string' ? value.toWellFormed() : value
  }
  return attributes
}
