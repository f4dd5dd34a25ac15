import { isRecord } from '../event/is-record.ts'
import { toJsonText } from '../event/to-json-text.ts'
import { readPath } from './field-paths.ts'
import { isKeyedHash, keyedHash } from './keyed-hash.ts'
import { hidePeople } from './people/hide-people.ts'
import { keptInClear, leftInClear } from './people/personal-paths.ts'
import { type PolicyProblem, policyError } from './policy-problem.ts'

/** The action for a field: keep it, replace it by a keyed hash, or remove it. */
export type FieldAction = 'keep' | 'hash' | 'drop'

export interface FieldPolicyOptions {
  /**
   * `keep`, `hash` or `drop` the address, name and gid of people in every place, also inside texts. Applied before
   * `fields`.
   *
   * With `hash` the same person has the same three hashes in every event.
   * @default 'keep'
   */
  people?: FieldAction
  /**
   * `keep`, `hash` or `drop` by dotted path (`actor.email`, `details.new_value`), merged over the default.
   *
   * A path also reaches into arrays: `details.members.email` is the e-mail of every member. A path that no event has
   * is refused; see `warnings` for those under `details`. A `?` at the end marks a field newer than this version:
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
  /** Makes a copy without people; undefined if people are kept. */
  readonly withoutPeople: ((value: unknown) => unknown) | undefined
  /**
   * Warnings for the operator: paths under `details` that no known event type has, and people who are hidden in some
   * places but not in others.
   */
  readonly warnings: readonly string[]
}

interface FieldRule {
  readonly path: readonly string[]
  /** The new value; undefined removes the field. */
  readonly change: (value: unknown) => unknown
}

const defaults: FieldPolicyOptions['fields'] = { 'details.saml_response': 'drop' }

/** Without these it is not an event. */
const untouchable: ReadonlySet<string> = new Set(['gid', 'created_at', 'event_type', 'actor'])

const actions: ReadonlySet<unknown> = new Set<FieldAction>(['keep', 'hash', 'drop'])

/**
 * Reads a policy, or throws a `PolicyError` with the code `invalid_field_policy` that names every problem with it. A
 * hash is `hmac-sha256:` and 64 hex digits: the same value gives the same hash under the same key, and without the
 * key nobody can find an address by trying all addresses.
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
  // Without a key nothing hashes, as keyProblems has seen to it; what would, drops.
  const hash = hashKey === undefined ? undefined : keyedHash(hashKey)
  const rules = Object.entries(fields)
    .filter(([, action]) => action !== 'keep')
    .map(([path, action]) => ({
      path: path.split('.'),
      change: hash && action === 'hash' ? (value: unknown) => hashOf(value, hash) : () => undefined,
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

/** A path written outside `fields` would have no effect, and its field would stay in clear. */
function unknownOptions(options: object): PolicyProblem[] {
  return Object.keys(options)
    .filter((name) => !['people', 'fields', 'hashKey'].includes(name))
    .map((name) => {
      const isPath = readPath(name).problem === undefined
      const instead = isPath ? `put it into "fields"` : 'the options are people, fields and hashKey'
      return { path: [name], message: `there is no option ${JSON.stringify(name)}: ${instead}` }
    })
}

/** Drops `details.saml_response`: the response of an identity provider, which is large and personal. */
export const defaultFieldPolicy: FieldPolicy = fieldPolicy()

/** Leaves every event unchanged. */
export const keepAll: FieldPolicy = fieldPolicy({ fields: { 'details.saml_response': 'keep' } })

/**
 * The value after the policy. Accepts any JSON value, so that it also works for data that is not a valid event. Never
 * changes its input: it copies along the paths it changes and shares everything else, except with `people`, which
 * copies everything.
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
  // A field of an object literal instead of an assignment: `__proto__` is a field like any other here.
  if (after !== undefined) return { ...value, [key]: after }
  const { [key]: _, ...others } = value
  return others
}

/**
 * Null stays null, because it holds nothing to hide, and a hash stays unchanged; a value that is not a string is
 * hashed as JSON text.
 */
function hashOf(value: unknown, hash: (text: string) => string): unknown {
  if (value === null || (typeof value === 'string' && isKeyedHash(value))) return value
  return hash(typeof value === 'string' ? value : toJsonText(value))
}

type Actions = { readonly [path: string]: FieldAction }
/** From the path in an event to the path as it was written. */
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
  return above && `${name} cannot be kept, because ${JSON.stringify(above)} is not kept`
}

function peopleProblems(fields: Actions, people: FieldAction, writtenAs: WrittenAs): PolicyProblem[] {
  if (!actions.has(people)) {
    return [{ path: ['people'], message: `people is ${JSON.stringify(people)}, write keep, hash or drop` }]
  }
  if (people === 'keep') return []
  return keptInClear(fields).map((path) => ({
    path: ['fields', writtenAs.get(path) ?? path],
    message: `"${path}" cannot be kept where people are hidden, because it would show them`,
  }))
}

function keyProblems(used: readonly FieldAction[], key: string | Uint8Array | undefined): PolicyProblem[] {
  if (!used.includes('hash')) return []
  const path = ['hashKey']
  if (key === undefined) {
    const message = 'the policy hashes a field, so hashKey must be set to a secret of 16 bytes or more'
    return [{ path, message }]
  }
  const bytes = Buffer.byteLength(key)
  return bytes < 16 ? [{ path, message: `hashKey has ${bytes} bytes, use 16 or more` }] : []
}
