import type { Case, Leg } from '../case.ts'
import type { Destination } from '../variant.ts'
import { floorRow, row, type Scale, sinksAloneRow } from './row.ts'

const three: readonly Destination[] = ['otlp', 'hec', 'file']

const floorOf = (into: readonly Destination[]): string =>
  into.length === 1 ? 'floor' : 'floor, 3 destinations'

/** One process delivers a workspace to several destinations. */
export function destinationsLeg(scale: Scale): Leg {
  const events = scale.quick ? 50_000 : 1_000_000
  const one = (name: string, into: readonly Destination[]): Case =>
    row(scale, {
      ...{ name, events, kind: 'ours', variant: 'to the end', warmUp: 0, rounds: scale.quick ? 1 : 2 },
      options: { program: 'run --once', into, requestsPerMinute: noQuota },
      derived: ['requests', 'requestsPerPage'],
      floor: floorOf(into),
      timeoutMs: 400_000,
    })
  const floor = (name: string, into: readonly Destination[]): Case =>
    floorRow(scale, 'gzip', { name, options: { compression: 'gzip', into } })
  const sinksAlone = (name: string, into: readonly Destination[]): Case =>
    sinksAloneRow(scale, 'gzip', { name, options: { into }, floor: floorOf(into) })
  return {
    name: 'destinations',
    title: 'Several destinations of one workspace',
    about: `\`asana-audit run --once --config\` over ${events.toLocaleString('en')} events of 89 days, with a pipeline for each destination: OTLP, Splunk HEC, and a file of OTLP JSON lines. From the start of the process until it ends; the start is part of it, and compiling JavaScript. \`requests_per_minute\` is set so high that it plays no part. Events are counted once, however many destinations they go to; lost are those missing at any of them. The floor parses a page once and writes the same bytes for each destination: two requests with gzip, and a file with fsync. "Our sinks alone" do the same with our formats, and nothing else.`,
    cases: [
      floor('floor', ['otlp']),
      floor('floor, 3 destinations', three),
      sinksAlone('our sink alone', ['otlp']),
      sinksAlone('our 3 sinks alone', three),
      one('1 destination', ['otlp']),
      ...(scale.quick ? [] : [one('1 destination, HEC', ['hec']), one('1 destination, a file', ['file'])]),
      one('3 destinations', three),
    ],
  }
}

export const noQuota = 1_000_000
