import type { Case, Leg } from '../case.ts'
import { row, type Scale } from './row.ts'

/** The delay of new events. */
export function tailLeg(scale: Scale): Leg {
  const lengthMs = scale.quick ? 30_000 : 130_000
  const one = (everyMs: number, name: string, kind: Case['kind'], options: Case['options']): Case =>
    row(scale, {
      ...{ kind, options, variant: 'tail', warmUp: 0, rounds: 1 },
      name: `${1000 / everyMs} events a second: ${name}`,
      events: lengthMs / everyMs,
      asana: { everyMs },
      timeoutMs: lengthMs + 60_000,
    })
  const script = { program: 'script', protocol: 'protobuf' } as const
  const rows = (everyMs: number): Case[] => [
    one(everyMs, 'run', 'ours', { program: 'run' }),
    one(everyMs, 'fetch, stock SDK as documented, every 10 s', 'peer', { ...script, reader: 'fetch' }),
    one(everyMs, 'asana SDK, stock SDK, a flush a page, every 10 s', 'peer', {
      ...script,
      reader: 'asana SDK',
      flush: true,
    }),
  ]
  return {
    name: 'tail',
    title: 'A busy tail',
    about: `Events appear in the log one by one for ${lengthMs / 1000} seconds: from Asana showing an event to the receiver having it. Those of the first ten seconds are not counted, since the programs start in them. The peers are the script that somebody writes in an afternoon: it reads on until a page is empty, then waits ten seconds. All rows run at the same time, each with servers of its own.`,
    cases: [...rows(50), ...rows(400)],
    atOnce: true,
  }
}
