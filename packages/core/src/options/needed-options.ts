import { fault } from '../fault.ts'

interface Need {
  readonly is: (value: unknown) => boolean
  /** Ends the sentence "It must be". */
  readonly good: string
}

const withMethods =
  (...names: readonly string[]): Need['is'] =>
  (value) =>
    typeof value === 'object' &&
    value !== null &&
    names.every((name) => typeof Reflect.get(value, name) === 'function')

const workspace: Need = {
  is: (value) => typeof value === 'string' && value !== '',
  good: 'the gid of the workspace as a string, such as "1234567890123456"',
}
const token: Need = {
  is: (value) => ['string', 'function'].includes(typeof value),
  good: "a service account's token, or a function that gets it",
}
const source: Need = { is: withMethods('read'), good: 'a source, as asanaSource({ … }) gives it' }
const map: Need = {
  is: (value) => typeof value === 'function',
  good: 'a function from an event to what the sink takes, such as (event) => event',
}
const sink: Need = { is: withMethods('write'), good: 'an object with the method write' }
const lane: Need = {
  is: withMethods('load', 'known', 'commit'),
  good: 'a lane, as await claim.lane("live", source.fingerprint) gives it',
}
const pipeline: Need = {
  is: (value) => typeof value === 'string' && value !== '',
  good: 'a name for the destination as a string, such as "otlp"',
}
const state: Need = {
  is: withMethods('claim', 'close'),
  good: 'a state, as sqliteState({ path }) or memoryState() gives it',
}
const claim: Need = {
  is: withMethods('lane', 'rewind'),
  good: 'a claim, as await state.claim("acme") gives it',
}
type Needs = Readonly<Record<string, Need>>
type Checked = 'getAuditLogEvents' | 'asanaSource' | 'asanaBackfill' | 'source' | 'deliver' | 'deliverLanes'

const access: Needs = { workspace, token }
const needs: Readonly<Record<Checked, Needs>> = {
  getAuditLogEvents: access,
  asanaSource: access,
  asanaBackfill: access,
  source: access,
  deliver: { source, map, sink },
  deliverLanes: { map, sink },
}
const inState: Needs = { pipeline, state }
/** What a caller who has claimed gives in place of pipeline and state. */
const claimed: Readonly<Record<'lane' | 'claim', Need>> = { lane, claim }

/**
 * Throws a fatal `bad_option` that names everything that is missing or of another kind: without a compiler, as in plain JavaScript,
 * it would look like a fault that passes and be waited for without end, or put every event into quarantine. No value is quoted.
 * `own` is what a caller may give in place of pipeline and state.
 */
export function checkNeeded(of: Checked, options: object | undefined, own?: 'lane' | 'claim'): void {
  const given = (name: string): unknown => options && Reflect.get(options, name)
  const isOwn = own !== undefined && given(own) !== undefined
  const place = isOwn ? { [own]: claimed[own] } : own && inState
  const wrong = Object.entries({ ...needs[of], ...place }).flatMap(([name, { is, good }]) => {
    const value = given(name)
    if (is(value)) return []
    const problem = value === undefined ? 'is missing' : 'cannot be used'
    return [`The option ${name} of ${of} ${problem}. It must be ${good}.`]
  })
  if (isOwn && [given('pipeline'), given('state')].some((value) => value !== undefined)) {
    wrong.push(`Of the options of ${of}, ${own} stands for pipeline and state: give one or the other.`)
  }
  if (wrong.length > 0) throw fault({ fault: 'fatal', code: 'bad_option', message: wrong.join(' ') })
}
