import type { Case, Leg } from '../case.ts'
import { noQuota } from './destinations.ts'
import { floorRow, row, type Scale } from './row.ts'

/** The memory that the command needs as its users start it. */
export function limitLeg(scale: Scale): Leg {
  const long = { events: scale.quick ? 100_000 : 1_000_000, rounds: scale.quick ? 1 : 2, timeoutMs: 300_000 }
  const one = (name: string, options: Case['options']): Case =>
    row(scale, { ...long, name, options, kind: 'ours', variant: 'to the end', warmUp: 0 })
  return {
    name: 'limit',
    title: 'Memory of the command',
    about: `The installed command over ${long.events.toLocaleString('en')} events to OTLP, with no flags of Node: the most resident memory of its life, which a limit of a container has to be above. \`backfill\` reads eight windows at once. Where nothing else is said, \`requests_per_minute\` is set so high that it plays no part, which needs the most memory. The last two rows run in a control group with a limit, as a container has; the kernel ends what needs more.`,
    cases: [
      floorRow(scale, 'gzip', { ...long, name: 'floor' }),
      one('run --once', { program: 'run --once', requestsPerMinute: noQuota }),
      one('backfill', { program: 'backfill', days: 89, requestsPerMinute: noQuota }),
      one('run --once, limit of 256 MB', {
        ...{ program: 'run --once', requestsPerMinute: noQuota, memoryLimitMb: 256 },
      }),
      one('backfill, limit of 320 MB', {
        ...{ program: 'backfill', days: 89, requestsPerMinute: noQuota, memoryLimitMb: 320 },
      }),
    ],
  }
}
