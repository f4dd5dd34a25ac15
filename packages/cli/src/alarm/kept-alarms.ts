import { fault } from '@asana-audit/core'
import type { AlarmState, DropOff } from '@asana-audit/core/ledger'
import * as z from 'zod'
import { type AlarmKind, alarmKinds } from './alarm.ts'

/** What is kept of an alarm. */
export interface Kept {
  readonly state: AlarmState
  /** Milliseconds since 1970. */
  readonly since: number
  readonly message: string
  /** Every receiver has taken it. */
  readonly isTold: boolean
}

const alarmState = z.enum(['OK', 'ALARM', 'INSUFFICIENT_DATA'])
const note = z.object({
  // A state of an earlier version lacks the kinds that came later; one of a later version has kinds that are unknown here.
  alarms: z.record(
    z.string(),
    z.object({ state: alarmState, since: z.number(), message: z.string(), isTold: z.boolean() }),
  ),
  dropOff: z.object({
    state: alarmState,
    since: z.number(),
    quietFrom: z.number().optional(),
    alarmHours: z.array(z.object({ from: z.number(), until: z.number() })),
  }),
})

export interface KeptAlarms {
  readonly alarms: ReadonlyMap<AlarmKind, Kept>
  readonly dropOff: DropOff
}

/** The alarms of a pipeline that was never watched: nothing is wrong until it is seen. */
export function freshAlarms(now: number): Map<AlarmKind, Kept> {
  const fresh = (kind: AlarmKind): Kept => ({
    state: kind === 'drop_off' ? 'INSUFFICIENT_DATA' : 'OK',
    ...{ since: now, message: 'Nothing was seen yet.', isTold: true },
  })
  return new Map(alarmKinds.map((kind) => [kind, fresh(kind)]))
}

/** Throws a fatal `corrupt_state` for a text that `alarmsText` did not make. */
export function readAlarms(text: string, now: number): KeptAlarms {
  try {
    const { alarms, dropOff } = note.parse(JSON.parse(text))
    const fresh = freshAlarms(now)
    for (const kind of alarmKinds) fresh.set(kind, alarms[kind] ?? (fresh.get(kind) as Kept))
    return { alarms: fresh, dropOff }
  } catch (cause) {
    const message =
      'The alarms in the state cannot be read: another program has changed them. Put a copy of the state back.'
    throw fault({ fault: 'fatal', code: 'corrupt_state', message, cause })
  }
}

export function alarmsText(alarms: ReadonlyMap<AlarmKind, Kept>, dropOff: DropOff): string {
  return JSON.stringify({ alarms: Object.fromEntries(alarms), dropOff })
}
