/** Where the fields that events are known to have hold a person's address, name or gid. */
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
 * What a policy by paths leaves: the same person elsewhere. Undefined where it touches no person, or leaves none in the fields
 * that are known.
 */
export function leftInClear(fields: Actions): string | undefined {
  // Whoever drops the context means the address of a computer.
  const hidden = personalPaths.filter((path) => !path.startsWith('context.') && isHidden(fields, path))
  const left = [...personalPaths, 'details'].filter((path) => !isHidden(fields, path))
  if (hidden.length === 0 || left.length === 0) return undefined
  return (
    `with ${hidden.join(', ')} hidden the same people can still stand in clear in ${left.join(', ')}, and in the ` +
    'sentence made of them; people: hash or drop holds everywhere, people: keep says that this is meant'
  )
}

/** The paths that cannot be kept beside people that are hidden. Who is in a SAML response cannot be seen, as it is encoded. */
export function keptInClear(fields: Actions): string[] {
  return [...personalPaths, 'details.saml_response'].filter((path) => fields[path] === 'keep')
}

function isHidden(fields: Actions, path: string): boolean {
  const parts = path.split('.')
  const above = parts.map((_, index) => parts.slice(0, index + 1).join('.'))
  return above.some((one) => Object.hasOwn(fields, one) && fields[one] !== 'keep')
}
