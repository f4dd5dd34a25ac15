import type { Placement } from './text-pattern.ts'

const kinds = [
  'contains',
  'startswith',
  'endswith',
  're',
  'cidr',
  'exists',
  'fieldref',
  'lt',
  'lte',
  'gt',
  'gte',
] as const
const flags = ['i', 'm', 's'] as const

export const supportedModifiers: readonly string[] = [...kinds, ...flags, 'all', 'cased']

export interface Modifiers {
  readonly kind: Placement | (typeof kinds)[number]
  /** All values must match, instead of one of them. */
  readonly all: boolean
  readonly cased: boolean
  /** The flags of a regular expression. */
  readonly flags: string
}

/** Throws a SyntaxError that names a modifier that is not supported, or modifiers that cannot be combined. */
export function parseModifiers(names: readonly string[]): Modifiers {
  const unknown = names.filter((name) => !supportedModifiers.includes(name))
  if (unknown.length > 0) {
    const which = unknown.map((name) => `|${name}`).join(', ')
    throw new SyntaxError(`${which} is not supported; supported are ${supportedModifiers.join(', ')}`)
  }
  const chosen = kinds.filter((kind) => names.includes(kind))
  if (chosen.length > 1) throw new SyntaxError(`${chosen.join(' and ')} cannot be combined`)
  const [kind = 'whole'] = chosen
  const flagged = flags.filter((flag) => names.includes(flag))
  if (flagged.length > 0 && kind !== 're')
    throw new SyntaxError(`${flagged.join(', ')} can only be combined with re`)
  const [all, cased] = [names.includes('all'), names.includes('cased')]
  const textual = kind === 'whole' || kind === 'contains' || kind === 'startswith' || kind === 'endswith'
  if (cased && !textual) throw new SyntaxError(`cased cannot be combined with ${kind}`)
  if (all && kind === 'exists') throw new SyntaxError('all cannot be combined with exists')
  return { kind, all, cased, flags: flagged.join('') }
}
