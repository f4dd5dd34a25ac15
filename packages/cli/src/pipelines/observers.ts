import type { State } from '@asana-audit/core'
import type { ListenSettings } from '../config/listen.ts'
import type { MetricsExport } from '../config/metrics-export.ts'
import type { RunMetrics } from '../metrics/run-metrics.ts'
import type { Observer } from '../progress/observer.ts'
import { silent } from '../progress/silent-reporter.ts'
import type { Warning } from '../terminal/problem.ts'
import type { DeliverSettings } from './delivery.ts'

/** `onWarning`: for what a person should know while it runs. */
type OpenObserver = (
  found: DeliverSettings,
  state: State,
  onWarning: (warning: Warning) => void,
) => Promise<Observer>

/** Each loads its own modules, and only where a setting asks for it. */
function wanted({ settings }: DeliverSettings): readonly OpenObserver[] {
  const metrics = sharedMetrics()
  const exporters = [
    ...(settings.listen ? [listen(settings.listen, metrics.opened)] : []),
    ...(settings.metricsExport ? [sendMetrics(settings.metricsExport, metrics.opened)] : []),
  ]
  return exporters.length > 0 ? [metrics.observer, ...exporters] : []
}

const sendMetrics =
  (settings: MetricsExport, metrics: () => RunMetrics): OpenObserver =>
  async (found, _, onWarning) => {
    const { otlpExport } = await import('../metrics/otlp-export.ts')
    return { ...silent, ...otlpExport(metrics().registry, settings, found.settings.resource, onWarning) }
  }

const listen =
  (settings: ListenSettings, metrics: () => RunMetrics): OpenObserver =>
  async (_, state) =>
    (await import('../listen/listen-observer.ts')).openListen(settings, state, metrics().text)

/** The numbers of a run, for all that export them; opened before these. */
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

/** Opens what the settings ask for, when the state is open and nothing has been asked for yet. Rejects with a fault. */
export async function openObservers(
  found: DeliverSettings,
  state: State,
  onWarning: (warning: Warning) => void,
): Promise<readonly Observer[]> {
  const opened: Observer[] = []
  try {
    for (const open of wanted(found)) opened.push(await open(found, state, onWarning))
    return opened
  } catch (error) {
    await closeObservers(opened)
    throw error
  }
}

export async function closeObservers(observers: readonly Observer[]): Promise<void> {
  for (const one of observers) await one.close()
}
