import { asanaMarker } from '../asana/event-templates.ts'
import type { Case } from '../case.ts'

/** How much is measured. */
export interface Scale {
  readonly quick: boolean
  /** Rounds of a row that takes a second or two. */
  readonly rounds: number
  /** Events of one such round. */
  readonly events: number
}

export const fullScale: Scale = { quick: false, rounds: 3, events: 80_000 }
export const quickScale: Scale = { quick: true, rounds: 1, events: 20_000 }

type Given = Pick<Case, 'name' | 'variant' | 'kind'> & Partial<Case>

/** After 20,000 events V8 still compiles, and an event costs a tenth more than later. */
const usualWarmUp = 50_000

export function row({ quick, rounds, events }: Scale, given: Given): Case {
  return {
    ...{ rounds, events, warmUp: quick ? usualWarmUp / 5 : usualWarmUp },
    options: {},
    asana: {},
    receiver: {},
    ...given,
  }
}

/** Rows that a quick run leaves out. */
export function unlessQuick<T>({ quick }: Scale, rows: readonly T[]): readonly T[] {
  return quick ? [] : rows
}

export const identity: Case['asana'] = { gzip: false }

/** The same bytes in and out, with only JSON in between. */
export function floorRow(scale: Scale, compression: 'none' | 'gzip', more: Partial<Case> = {}): Case {
  const zipped = compression === 'gzip'
  return row(scale, {
    name: zipped ? zippedFloor : 'floor',
    variant: 'floor',
    kind: 'floor',
    options: { compression },
    asana: { gzip: zipped },
    receiver: { marker: asanaMarker },
    ...more,
  })
}

/** A floor with our formats: the least that what we send can cost, with none of what we promise. */
export function sinksAloneRow(
  scale: Scale,
  compression: 'none' | 'gzip',
  more: Pick<Case, 'name'> & Partial<Case>,
): Case {
  const asana = { gzip: compression === 'gzip' }
  return row(scale, {
    variant: 'sinks-alone',
    kind: 'floor',
    asana,
    ...more,
    options: { compression, ...more.options },
  })
}

export const zippedFloor = 'floor, gzip'
