import type { DurableState } from '@asana-audit/core'
import type { Alarm } from '../alarm/alarm.ts'
import type { AlarmObserver } from '../alarm/alarm-observer.ts'
import type { AlarmSettings } from '../config/monitoring/alarm.ts'
import type { ListenSettings } from '../config/monitoring/listen.ts'
import type { MetricsExport } from '../config/monitoring/metrics-export.ts'
import type { TracesExport } from '../config/monitoring/traces-export.ts'
import type { RunMetrics } from '../metrics/run-metrics.ts'
import type { Observer } from '../progress/reporters/observer.ts'
import type { Reporter } from '../progress/reporters/reporter.ts'
import { silent } from '../progress/reporters/silent-reporter.ts'
import type { DeliverSettings } from './delivery.ts'

/** `log` is the log of the run. */
type OpenObserver = (found: DeliverSettings, state: DurableState, log: Reporter) => Promise<Observer>

/** The observers that the settings ask for. Each loads its modules only when it is opened. */
function wanted({ settings }: DeliverSettings): readonly OpenObserver[] {
  const { listen: at, metricsExport, tracesExport, alarm } = settings
  const metrics = sharedMetrics()
  const raised = sharedAlarms()
  const isExported = at !== undefined || metricsExport !== undefined
  return [
    ...(isExported ? [metrics.observer] : []),
    ...(alarm ? [raised.observer(alarm, isExported ? metrics.opened : undefined)] : []),
    ...(at ? [listen(at, metrics.opened, raised.states)] : []),
    ...(metricsExport ? [sendMetrics(metricsExport, metrics.opened)] : []),
    ...(tracesExport ? [sendSpans(tracesExport)] : []),
  ]
}

const sendMetrics =
  (settings: MetricsExport, metrics: () => RunMetrics): OpenObserver =>
  async (found, _, log) => {
    const { otlpExport } = await import('../metrics/otlp-export.ts')
    const { resource } = found.settings
    const sent = otlpExport(metrics().registry, settings, resource, (warning) => log.stateWarning(warning))
    return { ...silent, ...sent }
  }

const sendSpans =
  (settings: TracesExport): OpenObserver =>
  async (found, _, log) =>
    (await import('../traces/traces-observer.ts')).tracesObserver(settings, found.settings, (warning) =>
      log.stateWarning(warning),
    )

const listen =
  (settings: ListenSettings, metrics: () => RunMetrics, alarms: () => readonly Alarm[]): OpenObserver =>
  async (_, state) =>
    (await import('../listen/listen-observer.ts')).openListen(settings, state, metrics().text, alarms)

/** The alarms of a run, for the observers that show them. Open them before those observers. If they are never opened, there are no alarms. */
function sharedAlarms() {
  let opened: AlarmObserver | undefined
  return {
    observer:
      (settings: AlarmSettings, metrics: (() => RunMetrics) | undefined): OpenObserver =>
      async (found, state, log) => {
        const { openAlarmObserver } = await import('../alarm/alarm-observer.ts')
        const { alarmGauge } = await import('../alarm/alarm-gauge.ts')
        opened = await openAlarmObserver(settings, found.settings, state, log)
        if (metrics) alarmGauge(metrics().registry, opened.states)
        return opened
      },
    states: (): readonly Alarm[] => opened?.states() ?? [],
  }
}

/** The metrics of a run, for the observers that export them. Open them before those observers. */
function sharedMetrics(): { readonly observer: OpenObserver; readonly opened: () => RunMetrics } {
  let opened: RunMetrics | undefined
  return {
    async observer({ settings }, state) {
      const { runMetrics } = await import('../metrics/run-metrics.ts')
      opened = runMetrics(settings, await state.lanes())
      return { ...opened.reporter, close: async () => {} }
    },
    opened() {
      if (!opened) throw new Error('Metrics are read before they are opened.')
      return opened
    },
  }
}

/** Opens the observers that the settings ask for. Call it when the state is open, before the first request. Rejects with a fault. */
export async function openObservers(
  found: DeliverSettings,
  state: DurableState,
  log: Reporter,
): Promise<readonly Observer[]> {
  const opened: Observer[] = []
  try {
    for (const open of wanted(found)) opened.push(await open(found, state, log))
    return opened
  } catch (error) {
    await closeObservers(opened)
    throw error
  }
}

/** Closes all observers at the same time, since each may wait some seconds for a server that is down. Rejects with the first failure when all have ended. */
export async function closeObservers(observers: readonly Observer[]): Promise<void> {
  const closed = await Promise.allSettled(observers.map((one) => one.close()))
  const failed = closed.find(({ status }) => status === 'rejected')
  if (failed?.status === 'rejected') throw failed.reason
}
