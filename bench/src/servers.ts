import { fileURLToPath } from 'node:url'
import type { AsanaSettings, AsanaStats } from './asana/page-server.ts'
import { remote } from './ipc.ts'
import type { KeptRequest, ReceiverSettings, ReceiverStats } from './receiver/receiver.ts'

/** The two servers of a run, each in a process of its own, the same for everybody. */
export interface Servers {
  readonly asanaUrl: string
  readonly receiverOrigin: string
  /** RFC 3339: where every log of Asana ends. */
  readonly until: string
  /** Both count from zero again. */
  set(asana: AsanaSettings, receiver: ReceiverSettings): Promise<void>
  stats(): Promise<{ asana: AsanaStats; receiver: ReceiverStats }>
  kept(): Promise<KeptRequest[]>
  stop(): void
}

export async function startServers(): Promise<Servers> {
  const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url))
  const asana = remote(here('asana/process.ts'))
  const receiver = remote(here('receiver/process.ts'))
  return {
    asanaUrl: await asana.ask<string>('url'),
    until: await asana.ask<string>('until'),
    receiverOrigin: await receiver.ask<string>('origin'),
    async set(asanaSettings, receiverSettings) {
      await asana.ask('set', asanaSettings)
      await receiver.ask('set', receiverSettings)
    },
    stats: async () => ({ asana: await asana.ask('stats'), receiver: await receiver.ask('stats') }),
    kept: () => receiver.ask('kept'),
    stop() {
      asana.stop()
      receiver.stop()
    },
  }
}
