/** The paths of known fields that hold a person's address, name or gid. */
const personalPaths: readonly string[] = [
  'actor.gid',
  'actor.name',
  'actor.email',
  'resource.gid',
  'resource.name',
  'resource.email',
  'context.on_behalf_of_user_id',
]

type Actions = { readonly [path: string]: 'keep' | 'hash' | 'drop' }

/**
 * A warning if a policy by paths hides a person in some places and leaves the same person in others. Undefined if it
 * hides no person, or leaves none in the known fields.
 */
export function leftInClear(fields: Actions): string | undefined {
  // A policy that drops the context is about a computer's address, not about a person.
  const hidden = personalPaths.filter((path) => !path.startsWith('context.') && isHidden(fields, path))
  const left = [...personalPaths, 'details'].filter((path) => !isHidden(fields, path))
  if (hidden.length === 0 || left.length === 0) return undefined
  return (
    `with ${hidden.join(', ')} hidden the same people can still appear in clear in ${left.join(', ')}, and in the ` +
    'sentence made from them; people: hash or drop covers every place, people: keep confirms that this is intended'
  )
}

/**
 * The paths that cannot be kept while people are hidden. A SAML response is encoded, so the people in it cannot be
 * found.
 */
export function keptInClear(fields: Actions): string[] {
  return [...personalPaths, 'details.saml_response'].filter((path) => fields[path] === 'keep')
}

function isHidden(fields: Actions, path: string): boolean {
  const parts = path.split('.')
  const above = parts.map((_, index) => parts.slice(0, index + 1).join('.'))
  return above.some((one) => Object.hasOwn(fields, one) && fields[one] !== 'keep')
}
