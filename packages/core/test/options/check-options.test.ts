import {
  asanaBackfill,
  asanaSource,
  deliver,
  deliverLanes,
  getAuditLogEvents,
  memoryState,
  sharedPages,
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
    'asanaSource refuses shared pages in place of a reader of them',
    () => asanaSource(unchecked({ ...access, shared: sharedPages() })),
    'The option shared of asanaSource cannot be used. It must be a reader for this pipeline alone, as sharedPages().reader("otlp") gives it.',
  ],
  [
    'sharedPages refuses a size that is a text',
    () => sharedPages(unchecked({ keptBytes: '32 MiB' })),
    'The option keptBytes of sharedPages cannot be used. It must be a number from 0 on.',
  ],
  [
    'a reader of shared pages needs a name',
    () => sharedPages().reader(''),
    'The option name of reader cannot be used. It must be the name of the pipeline as a string, such as "otlp".',
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
    'Of the options of deliver, lane replaces pipeline and state: give either lane or those two.',
  ],
  ...(
    [
      ['signal', new AbortController(), 'an AbortSignal, such as controller.signal'],
      ['graceMs', 'soon', 'milliseconds, a number from 0 on'],
      ['pauseMs', Number.NaN, 'milliseconds, a number from 0 on'],
      ['onFatal', 'paus', "'pause' or 'reject'"],
      ['onUncertain', 'ignore', "'quarantine' or 'stop' or 'resend'"],
      ['giveUpAfterMs', 5, 'milliseconds, such as { untilFirstWrite: 30_000, afterwards: 900_000 }'],
      ['giveUpAfterMs', { afterwards: 5 }, 'milliseconds, such as'],
      ['health', {}, 'what newDestinationHealth() gives'],
      ['onFact', console, 'a function that takes a fact'],
      ['clock', { now: Date.now }, 'an object with the methods now, sleep and random'],
    ] as const
  ).flatMap(([name, value, good]): [string, () => unknown, string][] => [
    [
      `deliver refuses ${JSON.stringify(value)} as ${name}`,
      () => deliver(unchecked({ source, map, sink, lane, [name]: value })),
      `The option ${name} of deliver cannot be used. It must be ${good}`,
    ],
    [
      `deliverLanes refuses ${JSON.stringify(value)} as ${name}`,
      () => deliverLanes(unchecked({ source: access, map, sink, claim, [name]: value })),
      `The option ${name} of deliverLanes cannot be used. It must be ${good}`,
    ],
  ]),
  ...(
    [
      ['fingerprint', 42, 'a string'],
      ['newerThan', true, 'a function'],
      ['changed', true, 'a function'],
    ] as const
  ).map(([name, value, good]): [string, () => unknown, string] => [
    `deliver refuses a source with ${JSON.stringify(value)} as ${name}`,
    () => deliver(unchecked({ source: { ...source, [name]: value }, map, sink, lane })),
    `The option source.${name} of deliver cannot be used. It must be ${good}`,
  ]),
  ...(
    [
      ['inFlight', 0, 'a number from 1 on'],
      ['inFlight', '2', 'a number from 1 on'],
      ['records', Number.NaN, 'a number from 1 on'],
      ['bytes', 0, 'a number from 1 on'],
      ['maxWaitMs', -1, 'milliseconds, a number from 0 on'],
    ] as const
  ).map(([name, value, good]): [string, () => unknown, string] => [
    `deliverLanes refuses a sink that prefers ${JSON.stringify(value)} as ${name}: it would wait for ever`,
    () =>
      deliverLanes(unchecked({ source: access, map, sink: { ...sink, prefers: { [name]: value } }, claim })),
    `The option sink.prefers.${name} of deliverLanes cannot be used. It must be ${good}`,
  ]),
  ...(
    [
      ['pollMs', 'soon', 'milliseconds, a number from 0 on'],
      ['maxPollMs', '60s', 'milliseconds, a number from 0 on'],
      ['settledWindowMs', Number.NaN, 'milliseconds, a number from 0 on'],
      ['overlapMs', -5, 'milliseconds, a number from 0 on'],
      ['limit', '100', 'a number from 1 on'],
      ['giveUpAfterMs', { afterwards: 5 }, 'milliseconds, such as { untilFirstPage: 30_000'],
    ] as const
  ).flatMap(([name, value, good]): [string, () => unknown, string][] => [
    [
      `asanaSource refuses ${JSON.stringify(value)} as ${name}`,
      () => asanaSource(unchecked({ ...access, [name]: value })),
      `The option ${name} of asanaSource cannot be used. It must be ${good}`,
    ],
    [
      `deliverLanes refuses a source with ${JSON.stringify(value)} as ${name}`,
      () => deliverLanes(unchecked({ source: { ...access, [name]: value }, map, sink, claim })),
      `The option ${name} of source cannot be used. It must be ${good}`,
    ],
  ]),
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
  ...(
    [
      [{ pollMs: 30_000, maxPollMs: 20_000 }, 'maxPollMs is 20000, less than pollMs, which is 30000'],
      [{ maxPollMs: 5_000 }, 'maxPollMs is 5000, less than pollMs, which is 10000'],
    ] as const
  ).flatMap(([polls, sentence]): [string, () => unknown, string][] => [
    [`asanaSource refuses ${JSON.stringify(polls)}`, () => asanaSource({ ...access, ...polls }), sentence],
    [
      `deliverLanes refuses a source with ${JSON.stringify(polls)}`,
      () => deliverLanes(unchecked({ source: { ...access, ...polls }, map, sink, claim })),
      sentence,
    ],
  ]),
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

test('an invalid value is not quoted, because it may be a secret in the wrong place', async () => {
  const call = async (): Promise<unknown> => asanaSource(unchecked({ ...access, token: ['hunter2'] }))
  expect((await faultOf(call())).message).not.toContain('hunter2')
})
