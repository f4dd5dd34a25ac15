import type { Clock, DurableState } from '@asana-audit/core'
import { systemClock } from '@asana-audit/core/sink-kit'
import type { AlarmSettings } from '../config/monitoring/alarm.ts'
import type { Settings } from '../config/read-settings.ts'
import type { Observer } from '../progress/reporters/observer.ts'
import type { Report, Reporter } from '../progress/reporters/reporter.ts'
import { silent } from '../progress/reporters/silent-reporter.ts'
import type { Warning } from '../terminal/problem.ts'
import { type Alarms, openAlarms } from './alarms.ts'
import { openDoor } from './door.ts'

/** How often alarms are judged. Facts in between are only noted. */
const everyMs = 30_000

export interface AlarmObserver extends Observer, Pick<Alarms, 'states'> {}

/** Watches a run and raises alarms. `log` writes them to the log of the run. */
export async function openAlarmObserver(
  settings: AlarmSettings,
  { pipelines, resource }: Pick<Settings, 'pipelines' | 'resource'>,
  state: DurableState,
  log: Pick<Reporter, 'warning' | 'stateWarning'>,
  clock: Clock = systemClock,
): Promise<AlarmObserver> {
  const { now } = clock
  const say = (warning: Warning): void => log.stateWarning(warning)
  const door = openDoor({ webhooks: settings.webhooks, pipelines, resource, clock, say })
  const warn: Report['warning'] = (pipeline, warning) => log.warning(pipeline, warning)
  const alarms = await openAlarms({ settings, state, door, warn, now })
  const ended = new AbortController()

  async function checkAgain(): Promise<void> {
    while (!ended.signal.aborted) {
      await clock.sleep(everyMs, ended.signal).catch(() => {}) // The run has ended.
      await alarms.check()
    }
  }
  const checking = checkAgain()

  return {
    ...silent,
    ...alarms,
    finding: (pipeline, finding) =>
      door.tell({
        ...{ pipeline, kind: 'detection', finding, state: 'ALARM' },
        ...{ since: finding.at, message: finding.message },
      }),
    async close() {
      ended.abort(new Error('The run has ended.'))
      await checking
      await door.close()
    },
  }
}
