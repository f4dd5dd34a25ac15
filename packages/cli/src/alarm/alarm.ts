import type { AlarmState } from '@asana-audit/core/ledger'
import type { PipelineSettings } from '../config/pipeline/pipeline-settings.ts'
import type { Finding } from '../progress/finding/finding.ts'

/** What an alarm watches. A pipeline has one of each. */
export const alarmKinds = [
  'drop_off',
  'not_read',
  'not_delivered',
  'ended',
  'retention',
  'quarantine',
] as const
export type AlarmKind = (typeof alarmKinds)[number]

/** One alarm of one pipeline, as it is shown and sent. A finding is one, too: it has no end. */
export interface Alarm {
  readonly pipeline: string
  readonly kind: AlarmKind | 'detection'
  /** Only for the kind `detection`. */
  readonly finding?: Finding
  readonly state: AlarmState
  /** When the state began, milliseconds since 1970. */
  readonly since: number
  /** What is the case, and what to do about it. Whole sentences. */
  readonly message: string
}

/** How severe an alarm is. */
export function severityOf({ kind, finding }: Alarm): 'critical' | 'warning' {
  if (kind !== 'detection') return severities[kind]
  return finding?.rule.level === 'critical' || finding?.rule.level === 'high' ? 'critical' : 'warning'
}

const severities: Readonly<Record<AlarmKind, 'critical' | 'warning'>> = {
  drop_off: 'warning',
  not_read: 'critical',
  not_delivered: 'critical',
  ended: 'critical',
  retention: 'critical',
  quarantine: 'warning',
}

/** An alarm as it is sent. */
export interface Told {
  readonly alarm: Alarm
  /** How many earlier states of this alarm were never sent. */
  readonly replaced: number
  /** Milliseconds since 1970. */
  readonly now: number
}

/** Where alarms go. */
export interface AlarmDoor {
  /** A pipeline begins, perhaps with another destination than before. */
  begins(pipeline: PipelineSettings): void
  /** A pipeline was removed. For a short time, its destination still gets the alarms that wait for it. */
  removed(pipeline: string): void
  /** Sends an alarm. Resolves once each receiver has taken it or a later one of the same name. */
  tell(alarm: Alarm): Promise<void>
  /** Sends again the alarms that are still on, to receivers that forget an alarm after some time. */
  remind(standing: readonly Alarm[]): void
  /** Sends the alarms that wait, for a short time, and ends. */
  close(): Promise<void>
}
