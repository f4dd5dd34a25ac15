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

/** Every modifier there is. */
export const supportedModifiers: readonly string[] = [...kinds, ...flags, 'all', 'cased']

export interface Modifiers {
  readonly kind: Placement | (typeof kinds)[number]
  /** Every value is needed instead of one of them. */
  readonly all: boolean
  readonly cased: boolean
  /** Of a regular expression. */
  readonly flags: string
}

/** Throws a SyntaxError that names what is not supported or does not go together. */
export function parseModifiers(names: readonly string[]): Modifiers {
  const unknown = names.filter((name) => !supportedModifiers.includes(name))
  if (unknown.length > 0) {
    const which = unknown.map((name) => `|${name}`).join(', ')
    throw new SyntaxError(`${which} is not supported; there are ${supportedModifiers.join(', ')}`)
  }
  const chosen = kinds.filter((kind) => names.includes(kind))
  if (chosen.length > 1) throw new SyntaxError(`${chosen.join(' and ')} do not go together`)
  const [kind = 'whole'] = chosen
  const flagged = flags.filter((flag) => names.includes(flag))
  if (flagged.length > 0 && kind !== 're') throw new SyntaxError(`${flagged.join(', ')} go with re`)
  const [all, cased] = [names.includes('all'), names.includes('cased')]
  const textual = kind === 'whole' || kind === 'contains' || kind === 'startswith' || kind === 'endswith'
  if (cased && !textual) throw new SyntaxError(`cased does not go with ${kind}`)
  if (all && kind === 'exists') throw new SyntaxError('all does not go with exists')
  return { kind, all, cased, flags: flagged.join('') }
}
