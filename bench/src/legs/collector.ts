import type { Case, Leg } from '../case.ts'
import { floorRow, row, type Scale } from './row.ts'

/** The head of a text of 16 bytes, because the Collector writes the value of a map before its key. */
const marker = '\x12\x12\n\x10'

/** A collector that reads the REST API itself. */
export function collectorLeg(scale: Scale): Leg {
  const one = (name: string, pagination: 'token' | 'timestamp'): Case =>
    row(scale, {
      name: `Collector with restapireceiver, ${name}`,
      variant: 'collector',
      kind: 'peer',
      warmUp: 0,
      rounds: Math.min(3, scale.rounds),
      receiver: { marker },
      options: { pagination },
    })
  const rounds = Math.min(3, scale.rounds)
  return {
    name: 'collector',
    title: 'Beside an OpenTelemetry Collector',
    about:
      "The Collector with Bindplane's `restapireceiver` 1.12, from the start of its process until everything has arrived, against ours as a whole, both with their defaults. Its records hold the JSON of Asana as a map and nothing else. By token is how its README says it for APIs like Asana's; by time stamp is what works.",
    cases: [
      floorRow(scale, 'gzip', { name: 'floor', rounds }),
      row(scale, { name: 'ours', variant: 'whole-ours', kind: 'ours', rounds }),
      one('by token', 'token'),
      one('by time stamp', 'timestamp'),
    ],
  }
}
