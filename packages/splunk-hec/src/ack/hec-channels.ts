import { randomUUID } from 'node:crypto'
import type { Verdict } from '../answers/judge-answer.ts'
import type { HecConnection, HecExchange } from '../hec-connection.ts'

export interface ChannelExchange extends HecExchange {
  /** The channel it was sent on. */
  readonly channel: string
  /**
   * Call it once and immediately, with the meaning of the answer. Resolves when all events of the request count as
   * delivered. Otherwise rejects with a fault, also with the fault of the verdict; its `accepted` says how many
   * events count.
   */
  conclude(verdict: Verdict, signal: AbortSignal): Promise<void>
}

/**
 * The channels of one sink, used one after the other, and the rule for when an accepted event counts as delivered.
 */
export interface HecChannels {
  /** Resolves when one more request may be sent. Then call `post` or `leave`. */
  room(signal: AbortSignal): Promise<void>
  leave(): void
  post(body: Uint8Array, gzip: boolean, signal: AbortSignal): Promise<ChannelExchange>
  /** Gives up a channel that the collector refuses, and returns the next one. */
  renewChannel(refused: string): string
}

/**
 * Without acknowledgement: accepted events count as delivered. Requests have a channel all the same; tokens that need
 * none ignore it.
 */
export function plainChannels(connection: HecConnection): HecChannels {
  let channel: string = randomUUID()
  return {
    room: async () => {},
    leave() {},
    async post(body, gzip, signal) {
      const on = channel
      const exchange = await connection.post({ channel: on, body, gzip, signal })
      return {
        ...exchange,
        channel: on,
        async conclude({ fault }) {
          if (fault) throw fault
        },
      }
    },
    renewChannel(refused) {
      // If several requests are in flight on one channel, the first refused one renews it for all.
      if (channel === refused) channel = randomUUID()
      return channel
    },
  }
}
