import type { AttributeMap, AttributeValue } from './attribute-map.ts'

/**
 * Receives the attributes of a record one by one, each name once. If `alias` is given, the value belongs under that
 * name too.
 */
export type PutAttribute = (name: string, value: AttributeValue, alias?: string) => void

/**
 * Does `to[name] = value`, with every possible name written out. V8 keeps an object as fast as a class if its names
 * are in the source. With computed names it becomes a hash table after about a dozen, which costs each record a
 * microsecond to make and another to read.
 */
export function putAttribute(to: AttributeMap, name: string, value: AttributeValue): void {
  switch (name) {
    case 'asana.audit.gid':
      to['asana.audit.gid'] = value
      break
    case 'asana.audit.created_at':
      to['asana.audit.created_at'] = value
      break
    case 'asana.audit.event_type':
      to['asana.audit.event_type'] = value
      break
    case 'asana.audit.event_category':
      to['asana.audit.event_category'] = value
      break
    case 'asana.audit.actor.actor_type':
      to['asana.audit.actor.actor_type'] = value
      break
    case 'asana.audit.actor.gid':
      to['asana.audit.actor.gid'] = value
      break
    case 'asana.audit.actor.name':
      to['asana.audit.actor.name'] = value
      break
    case 'asana.audit.actor.email':
      to['asana.audit.actor.email'] = value
      break
    case 'asana.audit.resource.resource_type':
      to['asana.audit.resource.resource_type'] = value
      break
    case 'asana.audit.resource.resource_subtype':
      to['asana.audit.resource.resource_subtype'] = value
      break
    case 'asana.audit.resource.gid':
      to['asana.audit.resource.gid'] = value
      break
    case 'asana.audit.resource.name':
      to['asana.audit.resource.name'] = value
      break
    case 'asana.audit.resource.email':
      to['asana.audit.resource.email'] = value
      break
    case 'asana.audit.context.context_type':
      to['asana.audit.context.context_type'] = value
      break
    case 'asana.audit.context.api_authentication_method':
      to['asana.audit.context.api_authentication_method'] = value
      break
    case 'asana.audit.context.client_ip_address':
      to['asana.audit.context.client_ip_address'] = value
      break
    case 'asana.audit.context.user_agent':
      to['asana.audit.context.user_agent'] = value
      break
    case 'asana.audit.context.oauth_app_name':
      to['asana.audit.context.oauth_app_name'] = value
      break
    case 'asana.audit.context.rule_name':
      to['asana.audit.context.rule_name'] = value
      break
    case 'asana.audit.context.on_behalf_of_user_id':
      to['asana.audit.context.on_behalf_of_user_id'] = value
      break
    case 'asana.audit.details':
      to['asana.audit.details'] = value
      break
    case 'asana.audit.unmapped':
      to['asana.audit.unmapped'] = value
      break
    case 'asana.audit.relevance':
      to['asana.audit.relevance'] = value
      break
    case 'asana.audit.indicators.email':
      to['asana.audit.indicators.email'] = value
      break
    case 'asana.audit.indicators.ip':
      to['asana.audit.indicators.ip'] = value
      break
    case 'asana.audit.indicators.username':
      to['asana.audit.indicators.username'] = value
      break
    case 'client.address':
      to['client.address'] = value
      break
    case 'log.record.uid':
      to['log.record.uid'] = value
      break
    case 'user_agent.original':
      to['user_agent.original'] = value
      break
    case 'user.email':
      to['user.email'] = value
      break
    case 'user.full_name':
      to['user.full_name'] = value
      break
    case 'user.id':
      to['user.id'] = value
      break
    case 'user_agent.name':
      to['user_agent.name'] = value
      break
    case 'user_agent.version':
      to['user_agent.version'] = value
      break
    case 'user_agent.os.name':
      to['user_agent.os.name'] = value
      break
    case 'user_agent.os.version':
      to['user_agent.os.version'] = value
      break
    case 'geo.continent.code':
      to['geo.continent.code'] = value
      break
    case 'geo.country.iso_code':
      to['geo.country.iso_code'] = value
      break
    case 'geo.region.iso_code':
      to['geo.region.iso_code'] = value
      break
    case 'geo.locality.name':
      to['geo.locality.name'] = value
      break
    case 'geo.postal_code':
      to['geo.postal_code'] = value
      break
    case 'geo.location.lat':
      to['geo.location.lat'] = value
      break
    case 'geo.location.lon':
      to['geo.location.lon'] = value
      break
    case 'as.number':
      to['as.number'] = value
      break
    case 'as.organization.name':
      to['as.organization.name'] = value
      break
    case 'asana.audit.provenance.delivery':
      to['asana.audit.provenance.delivery'] = value
      break
    case 'asana.audit.provenance.pipeline':
      to['asana.audit.provenance.pipeline'] = value
      break
    case 'asana.audit.provenance.received_at':
      to['asana.audit.provenance.received_at'] = value
      break
    case 'asana.audit.provenance.run':
      to['asana.audit.provenance.run'] = value
      break
    case 'asana.audit.provenance.source':
      to['asana.audit.provenance.source'] = value
      break
    case 'asana.audit.provenance.version':
      to['asana.audit.provenance.version'] = value
      break
    case 'asana.audit.provenance.workspace':
      to['asana.audit.provenance.workspace'] = value
      break
    default:
      to[name] = value
  }
}
