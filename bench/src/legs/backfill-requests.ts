import type { Case, Leg } from '../case.ts'
import { row, type Scale } from './row.ts'

/** How many of the allowed requests a backfill makes. */
export function backfillRequestsLeg(scale: Scale): Leg {
  const events = scale.quick ? 50_000 : 200_000
  const days = 30
  const derived: Case['derived'] = ['requests', 'requestsPerPage', 'budgetShare']
  const asana = { days, latencyMs: 200, requestsPerMinute: 1_500 }
  const rounds = scale.quick ? 1 : 3
  return {
    name: 'backfill-requests',
    title: 'Requests of a backfill',
    about: `\`asana-audit backfill\` over ${events.toLocaleString('en')} events that lie evenly in ${days} days, from 200 ms away, to OTLP, in its eight windows and with its default budget of 1,200 requests a minute. A full page is 1,000 events. The share counts from the first request to the last: 100 % would be a full page for each request that the budget allows in this time.`,
    cases: [
      row(scale, {
        ...{
          name: 'backfill',
          kind: 'ours',
          variant: 'to the end',
          events,
          warmUp: 0,
          rounds,
          derived,
          asana,
        },
        options: { program: 'backfill', days },
      }),
      row(scale, {
        ...{
          name: 'asana SDK',
          kind: 'peer',
          variant: 'fetch-asana-sdk',
          warmUp: 0,
          rounds: 1,
          derived,
          asana,
        },
        events: events / 5,
      }),
    ],
  }
}
