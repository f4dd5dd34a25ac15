import type { MeterParts, MetricDefinition } from '@asana-audit/metrics'
import type { Alarm } from './alarm.ts'

const states = ['OK', 'ALARM', 'INSUFFICIENT_DATA'] as const

export const alarmDefinition: MetricDefinition = {
  ...{ name: 'asana_audit.alarm.state', kind: 'gauge', unit: '{alarm}' },
  attributes: ['pipeline', 'alarm', 'state'],
  description: '1 for the state an alarm is in, 0 for all others.',
}

/** Every state of every alarm, 1 for the one that holds and 0 for the others: all series exist from the start. */
export function alarmGauge(meter: MeterParts, alarms: () => readonly Alarm[]): void {
  const { name, unit, description } = alarmDefinition
  const gauge = meter.createObservableGauge(name, { unit, description })
  gauge.addCallback((result) => {
    for (const { pipeline, kind, state } of alarms())
      for (const one of states) result.observe(one === state ? 1 : 0, { pipeline, alarm: kind, state: one })
  })
}
