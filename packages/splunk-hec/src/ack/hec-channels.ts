import { randomUUID } from 'node:crypto'
import type { Verdict } from '../answers/judge-answer.ts'
import type { HecConnection, HecExchange } from '../hec-connection.ts'

export interface ChannelExchange extends HecExchange {
  /** On which it was made. */
  readonly channel: string
  /**
   * To be called once, at once, with what the answer means. Resolves when all events of the request count as delivered; otherwise
   * rejects with a fault, that of the verdict included, whose `accepted` says how many do.
   */
  conclude(verdict: Verdict, signal: AbortSignal): Promise<void>
}

/** The channels the requests of one sink go by, one after the other, and what makes an accepted event count. */
export interface HecChannels {
  /** Resolves when one more request may be sent; `post` or `leave` follows. */
  room(signal: AbortSignal): Promise<void>
  leave(): void
  post(body: Uint8Array, gzip: boolean, signal: AbortSignal): Promise<ChannelExchange>
  /** Gives up a channel the collector refuses, and says which one comes next. */
  renewChannel(refused: string): string
}

/** Without acknowledgement: what the collector has taken counts. It gets a channel all the same, as tokens that need none ignore it. */
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
      // Of several requests under way with one channel, the first refused renews it for all.
      if (channel === refused) channel = randomUUID()
      return channel
    },
  }
}
