import { fault } from '@asana-audit/core'
import { type OptionNames, refuseUnknownOptions } from '@asana-audit/core/sink-kit'
import type { FleetWorkerOptions } from './fleet-worker-options.ts'

const names: OptionNames<FleetWorkerOptions<never>> = {
  ...{ pool: true, open: true, signal: true, name: true, tailSlots: true, backlogSlots: true },
  ...{ sliceMs: true, slicePages: true, groupMs: true, graceMs: true, requestsPerMinute: true },
  ...{ planEveryMs: true, onFact: true, onTurn: true, onDatabase: true },
}

/** The least value of each number that makes sense. */
const least = {
  ...{ tailSlots: 1, backlogSlots: 1, sliceMs: 1, slicePages: 1, groupMs: 0, graceMs: 0 },
  ...{ requestsPerMinute: 1, planEveryMs: 1 },
} as const

/** Throws a fatal `unknown_option`, or a `bad_option` that names every option that cannot be used. */
export function checkWorkerOptions<R>(options: FleetWorkerOptions<R>): void {
  refuseUnknownOptions('fleetWorker', names, options)
  const { pool, open, signal, name } = Object(options) as FleetWorkerOptions<R>
  const wrong: string[] = []
  if (typeof Object(pool).connect !== 'function')
    wrong.push('The option pool must be a Pool of pg, such as new Pool({ connectionString }).')
  if (typeof open !== 'function')
    wrong.push('The option open must be a function from a tenant to its source, map and sink.')
  if (!(signal instanceof AbortSignal)) wrong.push('The option signal must be an AbortSignal.')
  if (name !== undefined && (typeof name !== 'string' || name === ''))
    wrong.push('The option name must be a text.')
  for (const [option, from] of Object.entries(least)) {
    const value = options[option as keyof typeof least]
    if (value !== undefined && !(typeof value === 'number' && value >= from && Number.isFinite(value)))
      wrong.push(`The option ${option} must be a number from ${from} on.`)
  }
  if (wrong.length > 0) throw fault({ fault: 'fatal', code: 'bad_option', message: wrong.join(' ') })
}
