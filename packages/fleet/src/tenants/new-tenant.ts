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

const longest = 200

/** Everything that is wrong with it, apart from what only the database knows. */
export function tenantProblems(tenant: NewTenant): TenantProblem[] {
  const { name, workspace, tokenRef, destination, pollSeconds } = tenant
  const problems: TenantProblem[] = []
  const wrong = (field: string, message: string): void => void problems.push({ field, message })
  if (name === '') wrong('name', 'It is empty. Give the name of the customer: its position is kept under it.')
  else if (name.length > longest)
    wrong('name', `It is longer than ${longest} characters. Give a shorter one.`)
  else if (/[\p{Cc}\p{Zl}\p{Zp}]/u.test(name))
    wrong('name', 'It holds a line feed or another control character. Write it without.')
  if (!/^[a-z\d-]+$/i.test(workspace))
    wrong(
      'workspace',
      'It is not a gid. Give the "Domain ID" of the customer\'s admin console, for example 1234567890123456.',
    )
  if (destination === '')
    wrong('destination', "It is empty. Give a name that is under destinations in the fleet's file.")
  const reference = tokenReference(tokenRef)
  if ('wrong' in reference) wrong('token_ref', reference.wrong)
  if (pollSeconds !== undefined && !isPace(pollSeconds))
    wrong('poll_seconds', 'Give a whole number of seconds from 1 to 86400, or leave it empty for 60.')
  return problems
}

function isPace(seconds: number): boolean {
  return Number.isInteger(seconds) && seconds >= 1 && seconds <= 86_400
}
