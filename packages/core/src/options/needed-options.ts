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
  deliver: { source, map, sink, lane },
  deliverLanes: { claim, map, sink },
}

/**
 * Throws a fatal `bad_option` that names everything that is missing or of another kind: without a compiler, as in plain JavaScript,
 * it would look like a fault that passes and be waited for without end, or put every event into quarantine. No value is quoted.
 */
export function checkNeeded(of: Checked, options: object | undefined): void {
  const wrong = Object.entries(needs[of]).flatMap(([name, { is, good }]) => {
    const value: unknown = options && Reflect.get(options, name)
    if (is(value)) return []
    const state = value === undefined ? 'is missing' : 'cannot be used'
    return [`The option ${name} of ${of} ${state}. It must be ${good}.`]
  })
  if (wrong.length > 0) throw fault({ fault: 'fatal', code: 'bad_option', message: wrong.join(' ') })
}
