import type { Case, Leg } from '../case.ts'
import { row, type Scale, unlessQuick } from './row.ts'

/** A log this small is read in one lane. Another one has two, and the second asks as well, until late events have had their 45 minutes. */
const undividedEvents = 5_000

/** The cost of a program that has nothing to do. */
export function restLeg(scale: Scale): Leg {
  const watchMs = scale.quick ? 20_000 : 600_000
  const events = 10_000
  const one = (name: string, kind: Case['kind'], options: Case['options'], more: Partial<Case> = {}): Case =>
    row(scale, {
      ...{ name, kind, events, variant: 'rest', warmUp: 0, rounds: 1, timeoutMs: watchMs + 180_000 },
      options: { watchMs, ...options },
      ...more,
    })
  const script = { program: 'script', protocol: 'protobuf', flush: true } as const
  return {
    name: 'rest',
    title: 'At rest',
    about: `Programs that have read ${events.toLocaleString('en')} events and sent them by OTLP, and then find nothing new for ${watchMs / 60_000 >= 1 ? `${watchMs / 60_000} minutes` : `${watchMs / 1000} seconds`}: memory resident at the end, and the part of it that no file backs (of Node's own file, which all processes share, some 35 to 65 MB are resident, depending on the kernel); CPU time and requests of an idle poll over the second half, which begins and ends with a request. The stock Collector reads no API: it waits for OTLP with a receiver and an exporter, and is there to compare memory. In the row \`run\` that includes the backlog of the first start, which asks and saves once a minute for events that come late, 45 minutes long; the next two rows have ${undividedEvents.toLocaleString('en')} events, too few for a backlog, as a tenant that has been running for an hour. All rows run at the same time, each with servers of its own. What others publish: Vector gives no figure at rest; its [sizing guide](https://vector.dev/docs/setup/going-to-prod/sizing/) begins with 2 GiB for each virtual CPU. For Bindplane's agent, a Collector with more in it, we found none.`,
    cases: [
      one('run', 'ours', { program: 'run' }),
      one('run, without a backlog', 'ours', { program: 'run' }, { events: undividedEvents }),
      ...unlessQuick(scale, [
        one('run, max_poll: 60s', 'ours', { program: 'run', maxPoll: '60s' }, { events: undividedEvents }),
      ]),
      one('fetch, stock SDK, every 10 s', 'peer', { ...script, reader: 'fetch' }),
      one('asana SDK, stock SDK, every 10 s', 'peer', { ...script, reader: 'asana SDK' }),
      one('stock Collector', 'peer', { program: 'collector' }),
    ],
    atOnce: true,
  }
}
