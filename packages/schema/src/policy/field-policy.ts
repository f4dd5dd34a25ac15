import { isRecord } from '../event/is-record.ts'
import { toJsonText } from '../event/to-json-text.ts'
import { readPath } from './field-paths.ts'
import { isKeyedHash, keyedHash } from './keyed-hash.ts'
import { hidePeople } from './people/hide-people.ts'
import { keptInClear, leftInClear } from './people/personal-paths.ts'
import { type PolicyProblem, policyError } from './policy-problem.ts'

/** What becomes of a field: as it is, replaced by a keyed hash of it, or taken out. */
export type FieldAction = 'keep' | 'hash' | 'drop'

export interface FieldPolicyOptions {
  /**
   * `keep`, `hash` or `drop` the address, name and gid of people, wherever they are, also inside texts. Applied before
   * `fields`.
   *
   * With `hash` the same person has the same three hashes everywhere.
   * @default 'keep'
   */
  people?: FieldAction
  /**
   * `keep`, `hash` or `drop` by dotted path (`actor.email`, `details.new_value`), merged over the default.
   *
   * A path goes through arrays: `details.members.email` is the e-mail of every member. A path that no event has is refused; see
   * `warnings` for those under `details`. With `?` at its end a path may be of a field newer than this version:
   * `context.client_port?`.
   * @default `{ 'details.saml_response': 'drop' }`
   */
  fields?: { readonly [path: string]: FieldAction }
  /** The secret key of every hash, at least 16 bytes (a string counts as UTF-8). Required if anything is hashed. */
  hashKey?: string | Uint8Array
}

/** Made by `fieldPolicy`, which has checked it. The key is in none of its fields, so it may be printed. */
export interface FieldPolicy {
  readonly fields: { readonly [path: string]: FieldAction }
  readonly people: FieldAction
  readonly rules: readonly FieldRule[]
  /** A copy without people; undefined where they are kept. */
  readonly withoutPeople: ((value: unknown) => unknown) | undefined
  /**
   * What whoever runs it should know: paths under `details` that no known event type has, and people that are hidden in some
   * places and not in others.
   */
  readonly warnings: readonly string[]
}

interface FieldRule {
  readonly path: readonly string[]
  /** The new value; undefined takes the field out. */
  readonly change: (value: unknown) => unknown
}

const defaults: FieldPolicyOptions['fields'] = { 'details.saml_response': 'drop' }

/** Without these an event is none. */
const untouchable: ReadonlySet<string> = new Set(['gid', 'created_at', 'event_type', 'actor'])

const actions: ReadonlySet<unknown> = new Set<FieldAction>(['keep', 'hash', 'drop'])

/**
 * Reads a policy, or throws a `PolicyError` with the code `invalid_field_policy` that names every problem with
 * it. A hash is `hmac-sha256:` and 64 hex digits: the same value gives the same hash under the same key, and
 * without the key an address cannot be found by trying them all.
 */
export function fieldPolicy(options: FieldPolicyOptions = {}): FieldPolicy {
  const paths = Object.entries(options.fields ?? {}).map(([written, action]) => ({
    ...readPath(written),
    written,
    action,
  }))
  const unknown = paths.flatMap(({ written, problem }) =>
    problem === undefined ? [] : { path: ['fields', written], message: problem },
  )
  const writtenAs = new Map(paths.map(({ path, written }) => [path, written]))
  const fields = { ...defaults, ...Object.fromEntries(paths.map(({ path, action }) => [path, action])) }
  const { people = 'keep', hashKey } = options
  const problems = [
    ...unknownOptions(options),
    ...problemsOf(fields, writtenAs),
    ...unknown,
    ...peopleProblems(fields, people, writtenAs),
    ...keyProblems([...Object.values(fields), people], hashKey),
  ]
  if (problems.length > 0) throw policyError('invalid_field_policy', 'The field policy', problems)
  const hash = keyedHash(hashKey ?? '')
  const rules = Object.entries(fields)
    .filter(([, action]) => action !== 'keep')
    .map(([path, action]) => ({
      path: path.split('.'),
      change: action === 'hash' ? (value: unknown) => hashOf(value, hash) : () => undefined,
    }))
  const pseudonym = people === 'hash' ? hash : undefined
  const left = options.people === undefined ? leftInClear(fields) : undefined
  return {
    fields,
    people,
    rules,
    withoutPeople: people === 'keep' ? undefined : (value) => hidePeople(value, pseudonym),
    warnings: [...paths.flatMap(({ warning }) => warning ?? []), ...(left === undefined ? [] : [left])],
  }
}

/** A path beside `fields` instead of in it would leave what it names in clear. */
function unknownOptions(options: object): PolicyProblem[] {
  return Object.keys(options)
    .filter((name) => !['people', 'fields', 'hashKey'].includes(name))
    .map((name) => {
      const isPath = readPath(name).problem === undefined
      const instead = isPath ? `put it into "fields"` : 'there are people, fields and hashKey'
      return { path: [name], message: `there is no option ${JSON.stringify(name)}: ${instead}` }
    })
}

/** Drops `details.saml_response`: the answer of an identity provider, large and personal. */
export const defaultFieldPolicy: FieldPolicy = fieldPolicy()

/** Leaves every event as it came. */
export const keepAll: FieldPolicy = fieldPolicy({ fields: { 'details.saml_response': 'keep' } })

/**
 * The value after the policy. Takes any JSON value, so that it serves for what was refused as an event as
 * well. Never changes what it is given: it copies along the paths it touches and shares everything else, but for
 * `people`, which copies all.
 */
export function applyFieldPolicy<T>(value: T, policy: FieldPolicy): T {
  const { rules, withoutPeople } = policy
  const start = withoutPeople ? withoutPeople(value) : value
  return rules.reduce<unknown>((current, { path, change }) => applied(current, path, 0, change), start) as T
}

function applied(value: unknown, path: readonly string[], at: number, change: FieldRule['change']): unknown {
  if (Array.isArray(value) && at > 0) {
    const items = value.map((item) => applied(item, path, at, change))
    return items.every((item, index) => item === value[index]) ? value : items
  }
  const key = path[at]
  if (key === undefined || !isRecord(value) || !Object.hasOwn(value, key)) return value
  const before = value[key]
  const after = at === path.length - 1 ? change(before) : applied(before, path, at + 1, change)
  if (after === before) return value
  // A field of a literal, not an assignment: `__proto__` is a field like any other here.
  if (after !== undefined) return { ...value, [key]: after }
  const { [key]: _, ...others } = value
  return others
}

/**
 * Null stays null, as there is nothing in it to hide, and a hash stays what it is; what is no string is
 * hashed as JSON text.
 */
function hashOf(value: unknown, hash: (text: string) => string): unknown {
  if (value === null || (typeof value === 'string' && isKeyedHash(value))) return value
  return hash(typeof value === 'string' ? value : toJsonText(value))
}

type Actions = { readonly [path: string]: FieldAction }
/** Paths as they are, to paths as they were written. */
type WrittenAs = ReadonlyMap<string, string>

function problemsOf(fields: Actions, writtenAs: WrittenAs): PolicyProblem[] {
  return Object.entries(fields).flatMap(([path, action]) => {
    const message = problemOf(path, action, fields)
    return message === undefined ? [] : { path: ['fields', writtenAs.get(path) ?? path], message }
  })
}

function problemOf(path: string, action: FieldAction, fields: Actions): string | undefined {
  const name = JSON.stringify(path)
  if (!actions.has(action)) return `${name} is ${JSON.stringify(action)}, write keep, hash or drop`
  if (action !== 'keep') {
    return untouchable.has(path) ? `${name} is needed in every event, so it can only be kept` : undefined
  }
  const above = Object.keys(fields).find((other) => path.startsWith(`${other}.`) && fields[other] !== 'keep')
  return above && `${name} cannot be kept, as ${JSON.stringify(above)} is not`
}

function peopleProblems(fields: Actions, people: FieldAction, writtenAs: WrittenAs): PolicyProblem[] {
  if (!actions.has(people)) {
    return [{ path: ['people'], message: `people is ${JSON.stringify(people)}, write keep, hash or drop` }]
  }
  if (people === 'keep') return []
  return keptInClear(fields).map((path) => ({
    path: ['fields', writtenAs.get(path) ?? path],
    message: `"${path}" cannot be kept where people are hidden, as it would show them`,
  }))
}

function keyProblems(used: readonly FieldAction[], key: string | Uint8Array | undefined): PolicyProblem[] {
  if (!used.includes('hash')) return []
  const path = ['hashKey']
  if (key === undefined) {
    const message = 'something is to be hashed, so hashKey must be set to a secret of 16 bytes or more'
    return [{ path, message }]
  }
  const bytes = Buffer.byteLength(key)
  return bytes < 16 ? [{ path, message: `hashKey has ${bytes} bytes, use 16 or more` }] : []
}
