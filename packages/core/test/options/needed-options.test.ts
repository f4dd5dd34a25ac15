import {
  asanaBackfill,
  asanaSource,
  deliver,
  deliverLanes,
  getAuditLogEvents,
  memoryState,
} from '@asana-audit/core'
import { expect, test } from 'vitest'
import { faultOf } from '../support/fault-of.ts'

/** As from plain JavaScript: no compiler has looked at it. */
const unchecked = (options?: unknown): never => options as never

const access = { workspace: '42', token: 't', baseUrl: 'http://127.0.0.1:9' }
const map = (event: unknown): unknown => event
const sink = { write: async () => {} }
const state = memoryState()
const claim = await state.claim('acme')
const lane = await claim.lane('live', 'x')
const source = asanaSource(access)

const cases: readonly [string, () => unknown, string][] = [
  [
    'asanaSource refuses a token that is not there',
    () => asanaSource(unchecked({ ...access, token: undefined })),
    'The option token of asanaSource is missing.',
  ],
  [
    'asanaBackfill refuses a workspace that is not there',
    () => asanaBackfill(unchecked({ token: 't' })),
    'The option workspace of asanaBackfill is missing.',
  ],
  [
    'a workspace that is a number is refused, since numbers lose digits',
    () => asanaSource(unchecked({ ...access, workspace: 42 })),
    'The option workspace of asanaSource cannot be used. It must be the gid of the workspace as a string',
  ],
  [
    'asanaSource without options names both that it needs',
    () => asanaSource(unchecked()),
    'The option workspace of asanaSource is missing. It must be the gid of the workspace as a string, such as "1234567890123456". The option token of asanaSource is missing.',
  ],
  [
    'getAuditLogEvents refuses a token that is not there',
    () => getAuditLogEvents(unchecked({ ...access, token: undefined })),
    'The option token of getAuditLogEvents is missing.',
  ],
  [
    'deliver without a map sets nothing aside',
    () => deliver(unchecked({ source, sink, lane })),
    'The option map of deliver is missing.',
  ],
  [
    'deliver refuses a function in place of a sink',
    () => deliver(unchecked({ source, map, lane, sink: async () => {} })),
    'The option sink of deliver cannot be used. It must be an object with the method write.',
  ],
  [
    'deliver refuses a claim in place of a lane',
    () => deliver(unchecked({ source, map, sink, lane: claim })),
    'The option lane of deliver cannot be used.',
  ],
  [
    'deliver refuses the promise of a lane',
    () => deliver(unchecked({ source, map, sink, lane: claim.lane('live', 'x') })),
    'The option lane of deliver cannot be used.',
  ],
  [
    'deliver without options names all that it needs',
    () => deliver(unchecked()),
    'The option source of deliver is missing.',
  ],
  [
    'deliver without a lane needs a pipeline and a state',
    () => deliver(unchecked({ source, map, sink })),
    'The option pipeline of deliver is missing. It must be a name for the destination as a string, such as "otlp". The option state of deliver is missing. It must be a state, as sqliteState({ path }) or memoryState() gives it.',
  ],
  [
    'deliver refuses a lane beside a state, since it could not tell which to commit to',
    () => deliver(unchecked({ source, map, sink, lane, pipeline: 'acme', state })),
    'Of the options of deliver, lane stands for pipeline and state: give one or the other.',
  ],
  [
    'deliverLanes refuses a claim in place of a state',
    () => deliverLanes(unchecked({ pipeline: 'acme', state: claim, source: access, map, sink })),
    'The option state of deliverLanes cannot be used.',
  ],
  [
    'deliverLanes refuses a state in place of a claim',
    () => deliverLanes(unchecked({ claim: state, source: access, map, sink })),
    'The option claim of deliverLanes cannot be used.',
  ],
  [
    'deliverLanes refuses a source without a token',
    () => deliverLanes(unchecked({ claim, source: { workspace: '42' }, map, sink })),
    'The option token of source is missing.',
  ],
]
test.each(cases)('%s', async (_, call, sentence) => {
  const found = await faultOf((async () => call())())
  expect(found).toMatchObject({ fault: 'fatal', code: 'bad_option' })
  expect(found.message).toContain(sentence)
})

test('what cannot be used is not quoted: it may be a secret in the wrong place', async () => {
  const call = async (): Promise<unknown> => asanaSource(unchecked({ ...access, token: ['hunter2'] }))
  expect((await faultOf(call())).message).not.toContain('hunter2')
})
