import { nearestName } from '@asana-audit/schema/options'
import { tokenReference } from './token-reference.ts'

/** A tenant as it is asked for. */
export interface NewTenant {
  readonly name: string
  readonly workspace: string
  readonly tokenRef: string
  /** A name under `destinations` of the fleet's file. */
  readonly destination: string
  /**
   * How often it is asked for new events, 1 to 86,400.
   * @default 60
   */
  readonly pollSeconds?: number | undefined
}

/** What is wrong with one part of a tenant. */
export interface TenantProblem {
  /** Its name in the CSV: `name`, `workspace`, `token_ref`, `destination` or `poll_seconds`. */
  readonly field: string
  /** A sentence with what to write instead. Never quotes a token. */
  readonly message: string
}

export interface KnownDestinations {
  /**
   * The names under `destinations` of the fleet's file, to find those that are not there.
   * @default not checked
   */
  readonly destinations?: readonly string[] | undefined
}

const longest = 200

/** Everything that is wrong with it, apart from what only the database knows. */
export function tenantProblems(tenant: NewTenant, { destinations }: KnownDestinations = {}): TenantProblem[] {
  const { name, workspace, tokenRef, destination, pollSeconds } = tenant
  const problems: TenantProblem[] = []
  const wrong = (field: string, message: string): void => void problems.push({ field, message })
  if (name === '') wrong('name', 'It is empty. Give the name of the customer: its position is kept under it.')
  else if (name.length > longest)
    wrong('name', `It is longer than ${longest} characters. Give a shorter one.`)
  else if (/[\p{Cc}\p{Zl}\p{Zp}]/u.test(name))
    wrong('name', 'It holds a line feed or another control character. Write it without.')
  else if (name.includes('\ufffd'))
    wrong('name', 'It holds a character that cannot be read. Write it in UTF-8, and save a file as UTF-8.')
  if (!/^\d+$/.test(workspace))
    wrong(
      'workspace',
      'It is not a gid. Give the "Domain ID" of the customer\'s admin console, for example 1234567890123456.',
    )
  const unknown = destinations && unknownDestination(destination, destinations)
  if (destination === '')
    wrong('destination', "It is empty. Give a name that is under destinations in the fleet's file.")
  else if (unknown !== undefined) wrong('destination', unknown)
  const reference = tokenReference(tokenRef)
  if ('wrong' in reference) wrong('token_ref', reference.wrong)
  if (pollSeconds !== undefined && !isPace(pollSeconds))
    wrong('poll_seconds', 'Give a whole number of seconds from 1 to 86400, or leave it empty for 60.')
  return problems
}

/** Undefined if it is known. */
function unknownDestination(destination: string, known: readonly string[]): string | undefined {
  if (known.includes(destination)) return undefined
  const nearest = nearestName(destination, known)
  const meant = nearest === undefined ? `There are ${known.join(', ')}.` : `Did you mean ${nearest}?`
  return `The fleet's file has no destination ${JSON.stringify(destination)}. ${meant}`
}

function isPace(seconds: number): boolean {
  return Number.isInteger(seconds) && seconds >= 1 && seconds <= 86_400
}
