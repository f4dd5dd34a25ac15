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
const aFunction = (good: string): Need => ({ is: (value) => typeof value === 'function', good })
const numberFrom = (least: number, good: string): Need => ({
  is: (value) => typeof value === 'number' && value >= least,
  good: `${good} from ${least} on`,
})
const oneOf = (...values: readonly string[]): Need => ({
  is: (value) => values.includes(value as string),
  good: values.map((value) => `'${value}'`).join(' or '),
})
const milliseconds = numberFrom(0, 'milliseconds, a number')

type Needs = Readonly<Record<string, Need>>
type Checked =
  | 'getAuditLogEvents'
  | 'asanaSource'
  | 'asanaBackfill'
  | 'source'
  | 'deliver'
  | 'deliverLanes'
  | 'sharedPages'
  | 'reader'

const access: Needs = { workspace, token }
const needs: Readonly<Record<Checked, Needs>> = {
  getAuditLogEvents: access,
  asanaSource: access,
  asanaBackfill: access,
  source: access,
  deliver: { source, map, sink },
  deliverLanes: { map, sink },
  sharedPages: {},
  reader: {
    name: {
      is: (value) => typeof value === 'string' && value !== '',
      good: 'the name of the pipeline as a string, such as "otlp"',
    },
  },
}
const inState: Needs = { pipeline, state }

const clock: Need = {
  is: withMethods('now', 'sleep', 'random'),
  good: 'an object with the methods now, sleep and random',
}
const watched: Needs = { onFact: aFunction('a function that takes a fact'), clock }
/** Options that may be left out. A dot names a field of an option. */
const delivery: Needs = {
  signal: { is: (value) => value instanceof AbortSignal, good: 'an AbortSignal, such as controller.signal' },
  graceMs: milliseconds,
  pauseMs: milliseconds,
  onFatal: oneOf('pause', 'reject'),
  onUncertain: oneOf('quarantine', 'stop', 'resend'),
  giveUpAfterMs: {
    is: (value) => ['untilFirstWrite', 'afterwards'].every((name) => milliseconds.is(Object(value)[name])),
    good: 'milliseconds, such as { untilFirstWrite: 30_000, afterwards: 900_000 }',
  },
  health: { is: withMethods('startRetrying', 'suspect'), good: 'what newDestinationHealth() gives' },
  ...watched,
  'sink.changed': aFunction('a function from a signal to a promise'),
  'sink.prefers.records': numberFrom(1, 'a number'),
  'sink.prefers.bytes': numberFrom(1, 'a number'),
  'sink.prefers.inFlight': numberFrom(1, 'a number'),
  'sink.prefers.maxWaitMs': milliseconds,
}
const reading: Needs = {
  shared: {
    is: withMethods('begin', 'close'),
    good: 'a reader for this pipeline alone, as sharedPages().reader("otlp") gives it',
  },
  pollMs: milliseconds,
  maxPollMs: milliseconds,
  limit: numberFrom(1, 'a number'),
  overlapMs: milliseconds,
  settledWindowMs: milliseconds,
  rereadEveryMs: milliseconds,
  giveUpAfterMs: {
    is: (value) => ['untilFirstPage', 'afterwards'].every((name) => milliseconds.is(Object(value)[name])),
    good: 'milliseconds, such as { untilFirstPage: 30_000, afterwards: 900_000 }',
  },
  windows: numberFrom(1, 'a number'),
  aheadBytes: numberFrom(0, 'a number'),
}
const optional: Readonly<Partial<Record<Checked, Needs>>> = {
  asanaSource: { ...reading, ...watched },
  asanaBackfill: { ...reading, ...watched },
  source: reading,
  deliver: {
    ...delivery,
    'source.fingerprint': { is: (value) => typeof value === 'string', good: 'a string' },
    'source.newerThan': aFunction('a function from a time to a promise'),
    'source.changed': aFunction('a function from a signal to a promise'),
  },
  deliverLanes: delivery,
  sharedPages: { keptBytes: numberFrom(0, 'a number'), clock },
}
/** What a caller with its own claim gives instead of pipeline and state. */
const claimed: Readonly<Record<'lane' | 'claim', Need>> = { lane, claim }

/**
 * Throws a fatal `bad_option` that names every option that is missing or of a wrong type. Plain JavaScript has no compiler to find
 * it; it would look like a temporary fault and be retried without end, or put every event into quarantine. No value is quoted.
 * `own`: the option that a caller may give instead of pipeline and state.
 */
export function checkOptions(of: Checked, options: object | undefined, own?: 'lane' | 'claim'): void {
  const given = (name: string): unknown =>
    name.split('.').reduce<unknown>((value, part) => Object(value)[part], options)
  const isOwn = own !== undefined && given(own) !== undefined
  const place = isOwn ? { [own]: claimed[own] } : own && inState
  const wrong = Object.entries({ ...needs[of], ...place }).flatMap(([name, { is, good }]) => {
    const value = given(name)
    if (is(value)) return []
    const problem = value === undefined ? 'is missing' : 'cannot be used'
    return [`The option ${name} of ${of} ${problem}. It must be ${good}.`]
  })
  for (const [name, { is, good }] of Object.entries(optional[of] ?? {})) {
    const value = given(name)
    if (value !== undefined && !is(value))
      wrong.push(`The option ${name} of ${of} cannot be used. It must be ${good}.`)
  }
  if (isOwn && [given('pipeline'), given('state')].some((value) => value !== undefined)) {
    wrong.push(
      `Of the options of ${of}, ${own} replaces pipeline and state: give either ${own} or those two.`,
    )
  }
  if (wrong.length > 0) throw fault({ fault: 'fatal', code: 'bad_option', message: wrong.join(' ') })
}
