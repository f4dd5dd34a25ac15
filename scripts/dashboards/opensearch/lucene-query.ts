import { sectionFields, topFields } from '../../../packages/schema/src/event/event-fields.ts'
import {
  ATTR_ASANA_AUDIT_ACTOR_EMAIL,
  ATTR_ASANA_AUDIT_UNMAPPED,
  ATTR_ASANA_WORKSPACE_GID,
  ATTR_CLIENT_ADDRESS,
  ATTR_GEO_COUNTRY_ISO_CODE,
  ATTR_USER_EMAIL,
} from '../../../packages/schema/src/semconv.ts'
import type { Panel } from '../panel.ts'

/** Where ECS has another name. `user.email` of ECS may be the account that somebody failed to log in to. */
const ofEcs: { readonly [attribute: string]: string } = {
  [ATTR_USER_EMAIL]: ATTR_ASANA_AUDIT_ACTOR_EMAIL,
  [ATTR_CLIENT_ADDRESS]: 'source.address',
  [ATTR_GEO_COUNTRY_ISO_CODE]: 'source.geo.country_iso_code',
  [ATTR_ASANA_WORKSPACE_GID]: 'organization.id',
}

/** The field of a document in ECS. */
export function ecsField(attribute: string): string {
  return ofEcs[attribute] ?? attribute
}

/** The events of a panel, in Lucene's language. */
export function luceneQuery({ where = {}, unfamiliar }: Panel): string {
  const conditions = Object.entries(where).map(
    ([attribute, texts]) => `${ecsField(attribute)}:(${texts.join(' OR ')})`,
  )
  if (unfamiliar) conditions.push(`${ATTR_ASANA_AUDIT_UNMAPPED}:(${otherWords.join(' OR ')})`)
  return conditions.join(' AND ') || '*'
}

/**
 * The index has the words of `asana.audit.unmapped`, not the text. Something in it is new if a word is neither null nor the
 * name of a known field; such a word is between two of these, by the alphabet.
 */
const otherWords: readonly string[] = (() => {
  const fields = [...sectionFields.values()].flatMap((section) => [...section.keys()])
  const known = ['null', 'details', ...topFields.keys(), ...sectionFields.keys(), ...fields]
  const sorted = [...new Set(known)].sort()
  return ['*', ...sorted].map((word, at) => `{${word} TO ${sorted[at] ?? '*'}}`)
})()
