import type { MeterParts } from '@asana-audit/metrics'
import type { Alarm } from './alarm.ts'

const states = ['OK', 'ALARM', 'INSUFFICIENT_DATA'] as const

/** Every state of every alarm, 1 for the one that holds and 0 for the others: all series exist from the start. */
export function alarmGauge(meter: MeterParts, alarms: () => readonly Alarm[]): void {
  const gauge = meter.createObservableGauge('asana_audit.alarm.state', {
    unit: '{alarm}',
    description: 'Whether an alarm is in this state: 1 or 0.',
  })
  gauge.addCallback((result) => {
    for (const { pipeline, kind, state } of alarms())
      for (const one of states) result.observe(one === state ? 1 : 0, { pipeline, alarm: kind, state: one })
  })
}
