import { eventTypes, severityNumbers } from '@asana-audit/schema'
import { type CimMapping, mappingOf } from '@asana-audit/schema/mapping'
import { detailExpression } from './detail-names.ts'
import { field, firstOf, oneOf, orUnknown, said, text } from './eval-text.ts'

// Splunk calculates all fields at once and before any lookup. So no expression may use another one or the lookup; an
// expression that depends on the kind of event tests the event type itself.

const actor = firstOf('actor.email', 'actor.name', 'actor.actor_type')
const actorName = firstOf('actor.name', 'actor.email', 'actor.actor_type')
const known = [...eventTypes.values()]
const address = said(field('context.client_ip_address'))
/** Without blanks, and without a zone, which has a meaning only on one host. */
const bareAddress = `replace(trim(${address}), "%.*$", "")`
const ipAddress = '^[0-9]{1,3}([.][0-9]{1,3}){3}$|^[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*$'
const before = said(detailExpression('details.old_value'))
const after = said(detailExpression('details.new_value'))

/** Whether the event type belongs to one of these datasets; the lookup gives the same result. */
function isOf(dataset: CimMapping['dataset']): string {
  const fits = (type: string, category?: string) => mappingOf(type, category).cim?.dataset === dataset
  const names = known.filter(({ name }) => fits(name)).map(({ name }) => name)
  const categories = [...new Set(known.map(({ category }) => category))].filter((one) => fits('new', one))
  if (categories.length === 0) return oneOf('event_type', names)
  const others = known.filter(({ name, category }) => categories.includes(category) && !fits(name))
  const excepted = others.map(({ name }) => name)
  const unknown = `${oneOf('event_category', categories)} AND NOT ${oneOf('event_type', excepted)}`
  return `${oneOf('event_type', names)} OR (${unknown})`
}

const isLogin = isOf('Authentication')
const isAccount = isOf('Account_Management')

function byDataset(account: string, login: string, other: string): string {
  return `case(${isAccount}, ${account}, ${isLogin}, ${login}, true(), ${other})`
}

/** For values that only apply if the resource is an account. */
const ofUser = (expression: string) => `if('resource.resource_type' == "user", ${expression}, null())`

const namedActor = firstOf('actor.email', 'actor.name')

/** For a login: if the actor has no name, the account that was logged in to. */
function ofLogin(account: string, ofActor: string): string {
  const isTold = `isnotnull(${namedActor}) OR NOT ('resource.resource_type' == "user")`
  return `if(coalesce(${isTold}, true()), ${ofActor}, ${account})`
}

/** The format `asana` has only the severity. */
const relevance = (() => {
  const severity = `coalesce(asana_severity_number, ${field('otel.log.severity.number')})`
  const cases = Object.entries(severityNumbers).map(
    ([word, number]) => `${severity} == ${number}, ${text(word)}`,
  )
  return `coalesce(${field('asana.audit.relevance')}, case(${cases.join(', ')}))`
})()

/** Eval expressions, by their placeholder in props.conf. */
export const expressions: Readonly<Record<string, string>> = {
  actor: orUnknown(actor),
  target: orUnknown(firstOf('resource.email', 'resource.name', 'resource.gid')),
  relevance,
  'authentication-method': `if(${isLogin}, mvjoin(${detailExpression('details.method')}, ", "), null())`,
  object: orUnknown(firstOf('resource.name', 'resource.email', 'resource.gid')),
  'object-attrs': `if(isnotnull(${after}), ${orUnknown(before)} . " -> " . ${after}, event_type)`,
  'object-id': orUnknown(firstOf('resource.gid')),
  src: orUnknown(address),
  'src-ip': `if(match(${bareAddress}, ${text(ipAddress)}), ${bareAddress}, null())`,
  'src-user': `if(${isAccount}, ${orUnknown(actor)}, null())`,
  'src-user-id': `if(${isAccount}, ${firstOf('actor.gid')}, null())`,
  'src-user-name': `if(${isAccount}, ${firstOf('actor.name')}, null())`,
  user: orUnknown(
    byDataset(
      ofUser(firstOf('resource.email', 'resource.name', 'resource.gid')),
      ofLogin(`coalesce(${firstOf('resource.email', 'resource.name', 'resource.gid')}, ${actor})`, actor),
      actor,
    ),
  ),
  'user-agent': firstOf('context.user_agent'),
  'user-id': byDataset(
    ofUser(firstOf('resource.gid')),
    ofLogin(firstOf('resource.gid'), firstOf('actor.gid')),
    firstOf('actor.gid'),
  ),
  'user-name': orUnknown(
    byDataset(
      ofUser(firstOf('resource.name', 'resource.email')),
      ofLogin(firstOf('resource.name', 'resource.email'), actorName),
      actorName,
    ),
  ),
  'user-type': byDataset(
    'null()',
    ofLogin('null()', firstOf('actor.actor_type')),
    firstOf('actor.actor_type'),
  ),
}
