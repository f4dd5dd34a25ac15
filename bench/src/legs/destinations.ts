import type { Case, Leg } from '../case.ts'
import { row, type Scale } from './row.ts'

/** One process delivers a workspace to several destinations. */
export function destinationsLeg(scale: Scale): Leg {
  const events = scale.quick ? 50_000 : 1_000_000
  const one = (name: string, into: Case['options']['into']): Case =>
    row(scale, {
      ...{ name, events, kind: 'ours', variant: 'to the end', warmUp: 0, rounds: scale.quick ? 1 : 2 },
      options: { program: 'run --once', into, requestsPerMinute: noQuota },
      derived: ['requests', 'requestsPerPage'],
      timeoutMs: 400_000,
    })
  return {
    name: 'destinations',
    title: 'Several destinations of one workspace',
    about: `\`asana-audit run --once --config\` over ${events.toLocaleString('en')} events of 89 days, with a pipeline for each destination: OTLP, Splunk HEC, and a file of OTLP JSON lines. From the start of the process until it ends; the start is part of it, and compiling JavaScript. \`requests_per_minute\` is set so high that it plays no part. Events are counted once, however many destinations they go to; lost are those missing at any of them.`,
    cases: [one('1 destination', ['otlp']), one('3 destinations', ['otlp', 'hec', 'file'])],
  }
}

export const noQuota = 1_000_000
