import type { State } from '@asana-audit/core'
import type { Reporter } from '../progress/reporter.ts'
import type { DeliverSettings } from './delivery.ts'

/** What watches a run beside its log, such as metrics and alarms. It is called for each fact, so it must be quick and never throws. */
interface Observer extends Reporter {
  close(): Promise<void>
}

type OpenObserver = (found: DeliverSettings, state: State) => Promise<Observer>

/** Each loads its own modules, and only where a setting asks for it. */
const wanted = (_found: DeliverSettings): readonly OpenObserver[] => []

/** Opens what the settings ask for, when the state is open and nothing has been asked for yet. Rejects with a fault. */
export async function openObservers(found: DeliverSettings, state: State): Promise<readonly Observer[]> {
  const opened: Observer[] = []
  try {
    for (const open of wanted(found)) opened.push(await open(found, state))
    return opened
  } catch (error) {
    await closeObservers(opened)
    throw error
  }
}

export async function closeObservers(observers: readonly Observer[]): Promise<void> {
  for (const one of observers) await one.close()
}
