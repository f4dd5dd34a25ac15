import { randomUUID } from 'node:crypto'
import { type Clock, type Fault, fault, type OnFact } from '@asana-audit/core'
import { raceAbort } from '@asana-audit/core/sink-kit'
import { readAcks } from '../answers/hec-answer.ts'
import { judgeAnswer, onNewChannel, type Verdict } from '../answers/judge-answer.ts'
import type { HecConnection, HecExchange } from '../hec-connection.ts'
import { siblingEndpoint } from '../settings/endpoint.ts'
import type { OnHecWarning } from '../settings/hec-warning.ts'
import { type AckIds, ackIds } from './ack-ids.ts'
import { type AckPoller, ackPoller } from './ack-poller.ts'
import { failedPolls } from './failed-polls.ts'
import type { HecChannels } from './hec-channels.ts'
import { stickyCookies } from './sticky-cookies.ts'

export interface AckOptions {
  /**
   * Longest wait for an acknowledgement after the answer, in milliseconds. After that the events are sent again.
   *
   * The default is Splunk's advice.
   * @default 300_000
   */
  readonly timeoutMs?: number | undefined
  /**
   * Time from the answer to the first poll for its acknowledgement, in milliseconds.
   *
   * One poll asks for all pending requests.
   * @default 200
   */
  readonly firstPollMs?: number | undefined
  /**
   * Longest time between two polls, in milliseconds. It doubles from `firstPollMs`, and restarts with each new
   * request.
   * @default 10_000
   */
  readonly slowestPollMs?: number | undefined
  /**
   * Most requests waiting for an acknowledgement. More are sent when there is room.
   * @default 1_000
   */
  readonly maxPending?: number | undefined
}

/** One channel of the collector, for as long as its acknowledgements mean something. */
interface AckChannel {
  readonly guid: string
  readonly ids: AckIds
  readonly poller: AckPoller
  /** Before the first answer nothing is pending, so a changed cookie loses nothing. */
  answered: boolean
}

/**
 * With indexer acknowledgement: accepted events count as delivered when the collector says that they are indexed,
 * https://docs.splunk.com/Documentation/Splunk/latest/Data/AboutHTTPEventCollectorIndexerAcknowledgment.
 *
 * "True" for an id can be about other events if the count of the channel has started again, on a restarted indexer or
 * on another one behind a load balancer. In that case, or if acknowledgements do not come, or if the collector
 * refuses the channel, everything pending is rejected, and the caller sends it again on a new channel. Throws a
 * TypeError for options that cannot work.
 */
export function acknowledgedChannels(
  connection: HecConnection,
  options: AckOptions,
  clock: Clock,
  {
    onFact,
    onWarning,
  }: { readonly onFact?: OnFact | undefined; readonly onWarning?: OnHecWarning | undefined },
): HecChannels {
  const { timeoutMs = 300_000, firstPollMs = 200, slowestPollMs = 10_000, maxPending = 1_000 } = options
  for (const [name, value] of Object.entries({ timeoutMs, firstPollMs, slowestPollMs, maxPending })) {
    if (!(value >= 1)) throw new TypeError(`ack.${name} must be a number of at least 1.`)
  }
  const url = siblingEndpoint(connection.url, 'ack')
  const { origin } = url
  const cookies = stickyCookies()
  const watched = failedPolls(url, { clock, timeoutMs }, onWarning)
  let channel = open()
  let places = maxPending
  /** The collector has no room for more acknowledgements: the pending ones come first. */
  let draining = false
  let freed = Promise.withResolvers<void>()
  let ackedBefore = false
  /** Whether a poll was refused since the last acknowledgement. */
  let channelRefused = false

  function open(): AckChannel {
    const ids = ackIds()
    const poller = ackPoller({
      ask: (pending, signal) => watched(() => ask(opened, pending, signal), signal),
      isCertain: ids.isCertain,
      onOver: (why) => replace(opened, why),
      clock,
      timeoutMs,
      firstPollMs,
      slowestPollMs,
    })
    const opened: AckChannel = { guid: randomUUID(), ids, poller, answered: false }
    return opened
  }

  function replace(old: AckChannel, why: Fault): void {
    old.poller.end(why)
    if (channel === old) channel = open()
  }

  /** Must see every answer before anything else reads it. */
  function watchCookies(on: AckChannel, { response }: HecExchange): void {
    if (on !== channel) return
    const changed = cookies.take(response.headers['set-cookie'])
    if (changed && on.answered) replace(on, changedCookie(origin))
    on.answered = true
  }

  async function ask(
    on: AckChannel,
    ids: readonly number[],
    signal: AbortSignal,
  ): Promise<readonly number[]> {
    const body = Buffer.from(JSON.stringify({ acks: ids }))
    const cookie = cookies.header()
    const exchange = await connection.post({ url, channel: on.guid, cookie, body, gzip: false, signal })
    watchCookies(on, exchange)
    if (on !== channel) return []
    const { response, token } = exchange
    const indexed = response.status === 200 ? readAcks(response.body) : undefined
    if (indexed) {
      if (indexed.length > 0) channelRefused = false
      ackedBefore = true
      return indexed
    }
    const asked = { url, token, events: 0, bytes: body.length, isPoll: true }
    const about = { ...asked, acceptedBefore: ackedBefore, now: clock.now() }
    const { fault: refusal = unreadable(origin) } = judgeAnswer(response, about)
    if (refusal.code === 'invalid_channel' && !channelRefused) {
      channelRefused = true
      const again = onNewChannel(refusal)
      replace(on, again)
      throw again
    }
    throw refusal
  }

  function leave(): void {
    places += 1
    freed.resolve()
    freed = Promise.withResolvers()
  }

  /** Resolves when the events that the answer accepted are indexed. */
  async function indexed(
    on: AckChannel,
    { ackId, fault: refusal }: Verdict,
    signal: AbortSignal,
  ): Promise<void> {
    if (ackId !== undefined) {
      const answeredAt = clock.now()
      await on.poller.wait(ackId, signal)
      onFact?.({ type: 'acknowledged', ms: clock.now() - answeredAt })
    } else if (!refusal) throw noAckId(origin)
    else if (refusal.accepted) throw withoutPrefix(refusal)
    if (refusal) throw refusal
  }

  return {
    async room(signal) {
      signal.throwIfAborted()
      while (places <= 0 || (draining && places < maxPending)) await raceAbort(freed.promise, signal)
      draining = false
      places -= 1
    },
    leave,
    async post(body, gzip, signal) {
      const on = channel
      const request = on.ids.sent()
      const lost = (): void => {
        if (!on.ids.lost(request, on.poller.pending())) replace(on, doubtful(origin))
      }
      let exchange: HecExchange
      try {
        exchange = await connection.post({ channel: on.guid, cookie: cookies.header(), body, gzip, signal })
      } catch (error) {
        lost()
        leave()
        throw error
      }
      watchCookies(on, exchange)
      return {
        ...exchange,
        channel: on.guid,
        conclude(verdict, waiting) {
          const { ackId, fault: refusal, untaken, nearCapacity } = verdict
          if (ackId === undefined) {
            if (untaken) on.ids.none(request)
            else lost()
          } else if (!on.ids.given(request, ackId)) {
            replace(on, doubtful(origin))
          }
          on.poller.review()
          draining ||= nearCapacity || refusal?.code === 'ack_queue_full'
          return indexed(on, verdict, waiting).finally(leave)
        },
      }
    },
    renewChannel(refused) {
      if (channel.guid === refused) replace(channel, refusedChannel(origin))
      return channel.guid
    },
  }
}

/** The events before the refused one have no id to ask about, so they are sent again. */
function withoutPrefix(refusal: Fault): Fault {
  const { accepted: _, message, cause, ...shape } = refusal
  if (shape.fault !== 'rejected') return fault({ ...shape, message, cause })
  return fault({ fault: 'rejected', code: shape.code, at: 'none-taken', message, cause })
}

function channelChanged(message: string): Fault {
  const full = `${message} Events without an acknowledgement are sent again on a new channel.`
  return fault({ fault: 'temporary', code: 'channel_changed', message: full })
}

const sticky =
  'If this happens repeatedly, use a load balancer with cookie stickiness, or set the address of one indexer.'

function changedCookie(origin: string): Fault {
  return channelChanged(`The cookie of ${origin} has changed, so another indexer may answer. ${sticky}`)
}

function doubtful(origin: string): Fault {
  return channelChanged(
    `${origin} may have been restarted, or may be several indexers, so its acknowledgement ids are no longer reliable. ${sticky}`,
  )
}

function refusedChannel(origin: string): Fault {
  return channelChanged(`${origin} refuses the channel.`)
}

function noAckId(origin: string): Fault {
  const message = `${origin} accepted the events but gave no ackId, so nothing counts as delivered. Turn indexer acknowledgement on for the token in Splunk, or off here (ack).`
  return fault({ fault: 'fatal', code: 'no_ack_id', message })
}

function unreadable(origin: string): Fault {
  const message = `${origin} does not say which events are indexed.`
  return fault({ fault: 'temporary', code: 'not_a_receiver', message })
}
