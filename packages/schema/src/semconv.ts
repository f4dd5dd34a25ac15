// Attribute names. The first block is ours, one to one with the fields of the `Asana.Audit` schema; the second is
// OpenTelemetry's (semantic conventions 1.45.0), copied because most of them are still in Development there, and
// their package may drop such names in a minor release.

export const ATTR_ASANA_AUDIT_GID = 'asana.audit.gid'
export const ATTR_ASANA_AUDIT_CREATED_AT = 'asana.audit.created_at'
export const ATTR_ASANA_AUDIT_EVENT_TYPE = 'asana.audit.event_type'
export const ATTR_ASANA_AUDIT_EVENT_CATEGORY = 'asana.audit.event_category'
export const ATTR_ASANA_AUDIT_ACTOR_TYPE = 'asana.audit.actor.actor_type'
export const ATTR_ASANA_AUDIT_ACTOR_GID = 'asana.audit.actor.gid'
export const ATTR_ASANA_AUDIT_ACTOR_NAME = 'asana.audit.actor.name'
export const ATTR_ASANA_AUDIT_ACTOR_EMAIL = 'asana.audit.actor.email'
export const ATTR_ASANA_AUDIT_RESOURCE_TYPE = 'asana.audit.resource.resource_type'
export const ATTR_ASANA_AUDIT_RESOURCE_SUBTYPE = 'asana.audit.resource.resource_subtype'
export const ATTR_ASANA_AUDIT_RESOURCE_GID = 'asana.audit.resource.gid'
export const ATTR_ASANA_AUDIT_RESOURCE_NAME = 'asana.audit.resource.name'
export const ATTR_ASANA_AUDIT_RESOURCE_EMAIL = 'asana.audit.resource.email'
export const ATTR_ASANA_AUDIT_CONTEXT_TYPE = 'asana.audit.context.context_type'
export const ATTR_ASANA_AUDIT_API_AUTHENTICATION_METHOD = 'asana.audit.context.api_authentication_method'
export const ATTR_ASANA_AUDIT_CLIENT_IP_ADDRESS = 'asana.audit.context.client_ip_address'
export const ATTR_ASANA_AUDIT_USER_AGENT = 'asana.audit.context.user_agent'
export const ATTR_ASANA_AUDIT_OAUTH_APP_NAME = 'asana.audit.context.oauth_app_name'
export const ATTR_ASANA_AUDIT_RULE_NAME = 'asana.audit.context.rule_name'
export const ATTR_ASANA_AUDIT_ON_BEHALF_OF_USER_ID = 'asana.audit.context.on_behalf_of_user_id'
/** JSON text by default, optionally a map. */
export const ATTR_ASANA_AUDIT_DETAILS = 'asana.audit.details'
/** JSON text: the fields that fit none of the attributes above, in the shape of the event. */
export const ATTR_ASANA_AUDIT_UNMAPPED = 'asana.audit.unmapped'
/** How much the event matters, in one word; derived, like the indicators. */
export const ATTR_ASANA_AUDIT_RELEVANCE = 'asana.audit.relevance'
/** True for an event that was sent again from an archive. Left out otherwise. */
export const ATTR_ASANA_AUDIT_REPLAY = 'asana.audit.replay'
/** True for an event of an hour that was delivered again to repair it: the event itself may be new there. Left out otherwise. */
export const ATTR_ASANA_AUDIT_REPAIR = 'asana.audit.repair'
// On request: how an event came to where it is written.
/** `first`, `repeat`, `repair` or `replay`. */
export const ATTR_ASANA_AUDIT_PROVENANCE_DELIVERY = 'asana.audit.provenance.delivery'
export const ATTR_ASANA_AUDIT_PROVENANCE_PIPELINE = 'asana.audit.provenance.pipeline'
/** RFC 3339: when the page with the event came from Asana. */
export const ATTR_ASANA_AUDIT_PROVENANCE_RECEIVED_AT = 'asana.audit.provenance.received_at'
/** A UUID, another one for each process that delivers. */
export const ATTR_ASANA_AUDIT_PROVENANCE_RUN = 'asana.audit.provenance.run'
/** `audit_log`, `archive` or `quarantine`. */
export const ATTR_ASANA_AUDIT_PROVENANCE_SOURCE = 'asana.audit.provenance.source'
export const ATTR_ASANA_AUDIT_PROVENANCE_VERSION = 'asana.audit.provenance.version'
export const ATTR_ASANA_AUDIT_PROVENANCE_WORKSPACE = 'asana.audit.provenance.workspace'
export const ATTR_ASANA_AUDIT_INDICATORS_EMAIL = 'asana.audit.indicators.email'
export const ATTR_ASANA_AUDIT_INDICATORS_IP = 'asana.audit.indicators.ip'
export const ATTR_ASANA_AUDIT_INDICATORS_USERNAME = 'asana.audit.indicators.username'
/** On the resource, because every event of a request belongs to one workspace. */
export const ATTR_ASANA_WORKSPACE_GID = 'asana.workspace.gid'

/** The network of `client.address`. The conventions have no names for it; these are those of ECS. */
export const ATTR_AS_NUMBER = 'as.number'
export const ATTR_AS_ORGANIZATION_NAME = 'as.organization.name'
export const ATTR_CLIENT_ADDRESS = 'client.address'
/** Where `client.address` is. */
export const ATTR_GEO_CONTINENT_CODE = 'geo.continent.code'
export const ATTR_GEO_COUNTRY_ISO_CODE = 'geo.country.iso_code'
export const ATTR_GEO_LOCALITY_NAME = 'geo.locality.name'
export const ATTR_GEO_LOCATION_LAT = 'geo.location.lat'
export const ATTR_GEO_LOCATION_LON = 'geo.location.lon'
export const ATTR_GEO_POSTAL_CODE = 'geo.postal_code'
export const ATTR_GEO_REGION_ISO_CODE = 'geo.region.iso_code'
/** Two records with the same value are repeats of each other. */
export const ATTR_LOG_RECORD_UID = 'log.record.uid'
export const ATTR_SERVICE_NAME = 'service.name'
export const ATTR_TELEMETRY_DISTRO_NAME = 'telemetry.distro.name'
export const ATTR_TELEMETRY_DISTRO_VERSION = 'telemetry.distro.version'
export const ATTR_USER_AGENT_NAME = 'user_agent.name'
export const ATTR_USER_AGENT_ORIGINAL = 'user_agent.original'
export const ATTR_USER_AGENT_OS_NAME = 'user_agent.os.name'
export const ATTR_USER_AGENT_OS_VERSION = 'user_agent.os.version'
export const ATTR_USER_AGENT_VERSION = 'user_agent.version'
export const ATTR_USER_EMAIL = 'user.email'
/** A display name; `user.name` would be a login name, which Asana does not have. */
export const ATTR_USER_FULL_NAME = 'user.full_name'
export const ATTR_USER_ID = 'user.id'
