import { expect, test } from 'vitest'
import { callFaults } from '../support/histories/grpc.ts'
import { history, reproduction } from '../support/histories/history.ts'

// HISTORY_SEED=n for one history, HISTORIES=n for more of them.
const { HISTORY_SEED: only, HISTORIES: wanted = '400' } = process.env
const seeds =
  only === undefined ? Array.from({ length: Number(wanted) }, (_, index) => index + 1) : [Number(only)]

test(`no event is lost or repeated without a reason, and the ledger is right, in ${seeds.length} histories`, {
  timeout: 300_000 + seeds.length * 10_000,
}, async () => {
  const seen = new Set<string>()
  for (const seed of seeds) {
    const { violations, seen: here } = await history(seed)
    expect(violations, reproduction(seed)).toEqual([])
    for (const what of here) seen.add(what)
  }
  // Histories without faults would prove nothing.
  if (seeds.length >= 400) expect(everythingThatHappens.filter((what) => !seen.has(what))).toEqual([])
})

const steps = ['a load', 'a look-up', 'a page', 'a write', 'a commit', 'a division']
const everythingThatHappens = [
  ...steps.flatMap((step) => [`before ${step}`, `after ${step}`]),
  ...['ended', 'stopped', 'healed', 'late', 'repeats_dropped', 'paused', 'quarantined', 'too_old', 'probed'],
  ...[429, 500, 502, 503, 504, 'reset', 'truncated', 'html', 'no-data', 'expired-offset'].map(
    (kind) => `page ${kind}`,
  ),
  ...[400, 413, 429, 500, 503, 'busy', 'html', 'reset', 'lost', 'cut short', 'part taken'].map(
    (kind) => `write ${kind}`,
  ),
  ...[
    'event refused',
    'server busy',
    'near capacity',
    'wrong index',
    'server error',
    'taken, and server error',
  ].map((kind) => `write ${kind}`),
  ...[
    'restart',
    'invalid channel',
    'no ackId',
    'dropped',
    'ack never',
    'ack late',
    'ack lost',
    'ack reset',
  ].map((kind) => `write ${kind}`),
  ...callFaults.map((kind) => `write ${kind}`),
  ...['gRPC too large', 'gRPC refused'].map((kind) => `write ${kind}`),
  ...['ack unavailable', 'ack html'].map((kind) => `write ${kind}`),
  ...['no-query: no_headway', 'no-query: filters_ignored', 'no-times: filters_ignored'],
  ...['same-offset: no_headway', 'no-offset: page_without_offset'],
]
