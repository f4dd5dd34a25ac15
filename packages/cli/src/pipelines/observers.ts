import type { State } from '@asana-audit/core'
import type { ListenSettings } from '../config/listen.ts'
import type { Observer } from '../progress/observer.ts'
import type { DeliverSettings } from './delivery.ts'

type OpenObserver = (found: DeliverSettings, state: State) => Promise<Observer>

/** Each loads its own modules, and only where a setting asks for it. */
const wanted = ({ settings }: DeliverSettings): readonly OpenObserver[] => [
  ...(settings.listen ? [listen(settings.listen)] : []),
]

const listen =
  (settings: ListenSettings): OpenObserver =>
  async (_, state) =>
    (await import('../listen/listen-observer.ts')).openListen(settings, state)

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
