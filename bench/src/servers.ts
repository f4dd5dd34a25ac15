import { fileURLToPath } from 'node:url'
import { asanaMarker } from './asana/event-templates.ts'
import type { AsanaSettings, AsanaStats } from './asana/page-server.ts'
import { remote } from './ipc.ts'
import type { KeptRequest, ReceiverSettings, ReceiverStats } from './receiver/receiver.ts'

/** The servers of a run. Each has its own process, and all rows use the same ones. */
export interface Servers {
  readonly asanaUrl: string
  readonly receiverOrigin: string
  /** A second receiver, for Splunk beside another destination. */
  readonly hecOrigin: string
  /** The end of every log of Asana, RFC 3339. */
  readonly until: string
  /** Sets all counts to zero. */
  set(asana: AsanaSettings, receiver: ReceiverSettings): Promise<void>
  stats(): Promise<{ asana: AsanaStats; receiver: ReceiverStats; hecReceiver: ReceiverStats }>
  kept(): Promise<KeptRequest[]>
  /** When Asana showed the first events and when each first arrived, in milliseconds since 1970; 0: it did not arrive. */
  times(events: number): Promise<{ shown: readonly number[]; came: readonly number[] }>
  stop(): void
}

export async function startServers(): Promise<Servers> {
  const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url))
  const asana = remote(here('asana/process.ts'))
  const receiver = remote(here('receiver/process.ts'))
  const hecReceiver = remote(here('receiver/process.ts'))
  return {
    asanaUrl: await asana.ask<string>('url'),
    until: await asana.ask<string>('until'),
    receiverOrigin: await receiver.ask<string>('origin'),
    hecOrigin: await hecReceiver.ask<string>('origin'),
    async set(asanaSettings, receiverSettings) {
      await asana.ask('set', asanaSettings)
      await receiver.ask('set', receiverSettings)
      await hecReceiver.ask('set', { ...receiverSettings, marker: asanaMarker })
    },
    stats: async () => ({
      asana: await asana.ask('stats'),
      receiver: await receiver.ask('stats'),
      hecReceiver: await hecReceiver.ask('stats'),
    }),
    kept: () => receiver.ask('kept'),
    times: async (events) => ({
      shown: await asana.ask('shownAt', events),
      came: await receiver.ask('times'),
    }),
    stop() {
      asana.stop()
      receiver.stop()
      hecReceiver.stop()
    },
  }
}
