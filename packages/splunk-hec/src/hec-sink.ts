import { type Clock, type ClosableSink, type Fault, fault, type OnFact } from '@asana-audit/core'
import {
  anyChange,
  bufferPool,
  gzip,
  type OptionNames,
  type RequestFormat,
  refuseUnknownOptions,
  splitIntoRequests,
  systemClock,
  watchedSecret,
} from '@asana-audit/core/sink-kit'
import { type AckOptions, acknowledgedChannels } from './ack/acknowledged-channels.ts'
import { plainChannels } from './ack/hec-channels.ts'
import { judgeAnswer, onNewChannel, type Verdict } from './answers/judge-answer.ts'
import { eventWriter } from './events/event-writer.ts'
import type { HecEvent, HecMetadata } from './events/hec-event.ts'
import { type HecConnectionOptions, hecConnection, tokensOf } from './hec-connection.ts'
import { type Send, sendInOrder } from './send-in-order.ts'
import { type HecWarning, type OnHecWarning, openingWarnings, tokenInUse } from './settings/hec-warning.ts'

export interface HecSinkOptions extends HecConnectionOptions, HecMetadata {
  /**
   * Splunk's `sourcetype` of events that have none. Empty: the token's own.
   * @default 'asana:audit'
   */
  readonly sourcetype?: string | undefined
  /**
   * Splunk's `source` of events that have none. Empty: the token's own.
   * @default 'asana:audit_log_api'
   */
  readonly source?: string | undefined
  /**
   * Most bytes in a request, before compression. Splunk Cloud accepts 1,000,000.
   * @default 1_000_000
   */
  readonly maxBodyBytes?: number | undefined
  /**
   * Most bytes of an event with its envelope; a larger event is rejected. Splunk shows 10,000 unless `TRUNCATE` is
   * set.
   * @default 900_000
   */
  readonly maxEventBytes?: number | undefined
  /**
   * `gzip` or `none`.
   * @default 'gzip'
   */
  readonly compression?: 'gzip' | 'none' | undefined
  /**
   * Waits until the events are indexed: the token must have indexer acknowledgement on. `true`, or the options of `ack`
   * below.
   * @default false
   */
  readonly ack?: boolean | AckOptions | undefined
  /** Called with `{ code, message }` for what a person should know, although nothing is lost. */
  readonly onWarning?: OnHecWarning | undefined
  /** With `ack`: called with a fact `acknowledged` for each request that is indexed, and how long that took. */
  readonly onFact?: OnFact | undefined
  /**
   * `now`, `sleep` and `random`, for tests.
   * @default the system's
   */
  readonly clock?: Clock | undefined
}

/** For a sink whose items are not `HecEvent`s. */
export interface ToHecEvent<T> {
  /**
   * Makes the event from an item of `write` while it is written: faster than a list of events.
   *
   * Use it with `map: (event) => event`. Called for one item at a time, and again for each attempt. If it throws,
   * `deliver` quarantines the item.
   * @default none
   */
  readonly toHecEvent: (item: T) => HecEvent
}

export const hecSinkNames: OptionNames<HecSinkOptions & ToHecEvent<unknown>> = {
  ...{ url: true, token: true, secondToken: true, timeoutMs: true, allowPlainHttp: true },
  ...{ ca: true, cert: true, key: true, credentials: true, serverName: true, proxy: true, insecure: true },
  http: true,
  ...{ host: true, source: true, sourcetype: true, index: true, toHecEvent: true },
  ...{
    maxBodyBytes: true,
    maxEventBytes: true,
    compression: true,
    ack: true,
    onWarning: true,
    onFact: true,
    clock: true,
  },
}
const ackNames: OptionNames<AckOptions> = {
  ...{ timeoutMs: true, firstPollMs: true, slowestPollMs: true, maxPending: true },
}

/** Splunk sorts by the time of the events, so the order of writes does not matter. */
const mostInFlight = 8

const nothing = new Uint8Array()
/** One event per line. */
const unframed = { room: 0, opening: () => nothing, separator: Buffer.from('\n'), closing: nothing }

/**
 * Delivers events to Splunk's HTTP Event Collector. One write becomes requests one after the other and stops at the
 * first fault; the fault's `accepted` says how many events the collector has accepted, with `ack` how many it has
 * indexed. Throws a TypeError for invalid options, and a fatal `unknown_option`.
 */
export function hecSink<T>(options: HecSinkOptions & ToHecEvent<T>): ClosableSink<T>
export function hecSink(options: HecSinkOptions): ClosableSink<HecEvent>
export function hecSink<T>(options: HecSinkOptions & Partial<ToHecEvent<T>>): ClosableSink<T> {
  refuseUnknownOptions('hecSink', hecSinkNames, options)
  if (typeof options.ack === 'object') refuseUnknownOptions('ack', ackNames, options.ack)
  const { sourcetype = 'asana:audit', source = 'asana:audit_log_api', host, index } = options
  const { maxBodyBytes = 1_000_000, maxEventBytes = 900_000, compression = 'gzip', onWarning } = options
  const { ack = false, clock = systemClock } = options
  if (compression !== 'gzip' && compression !== 'none') {
    throw new TypeError('The option compression of hecSink must be gzip or none.')
  }
  const metadata = { host, source, sourcetype, index }
  const { toHecEvent = (item: T): HecEvent => item as HecEvent } = options
  const writeEvent = eventWriter(metadata, maxEventBytes)
  const format: RequestFormat<T> = {
    ...unframed,
    into: (to) => (item) => {
      let event: HecEvent
      try {
        event = toHecEvent(item)
      } catch (error) {
        throw unencodable(error)
      }
      writeEvent(to, event)
    },
  }
  const tokens = tokensOf(options, (inUse) => onWarning?.(tokenInUse(inUse, options.url)))
  const { read: token, changed: tokenChanged } = watchedSecret(tokens, clock)
  const connection = hecConnection({ ...options, token, secondToken: undefined }, onWarning)
  const changed = anyChange(tokenChanged, connection.changed)
  const writers = bufferPool()
  const channels = ack
    ? acknowledgedChannels(connection, ack === true ? {} : ack, clock, options)
    : plainChannels(connection)
  const { url } = connection
  for (const warning of openingWarnings(url, options.insecure)) onWarning?.(warning)

  let acceptedBefore = false
  /** The channel that replaced a refused one. If it is refused too, the channel is not the cause. */
  let renewedChannel: string | undefined
  let nearCapacity = false
  let ackSeen = false

  const send: Send = async ({ bytes: plain, records }, signal, isPointless) => {
    const zipped = compression === 'gzip'
    const body = zipped ? await gzip(plain) : plain
    await channels.room(signal)
    if (isPointless()) {
      channels.leave()
      return undefined
    }
    const exchange = await channels.post(body, zipped, signal)
    const { response, token, channel } = exchange
    const sent = { url, token, events: records, bytes: plain.length, acceptedBefore, index, now: clock.now() }
    const verdict = noted(judgeAnswer(response, sent), channel)
    return { concluded: exchange.conclude(verdict, signal), goOn: !verdict.fault }
  }

  /**
   * Records what an answer says about the collector, whether or not events were accepted. A refused channel is
   * renewed, so its fault is temporary.
   */
  function noted(verdict: Verdict, channel: string): Verdict {
    const { fault, ackId, nearCapacity: near } = verdict
    if (!ack && ackId !== undefined && !ackSeen) {
      ackSeen = true
      onWarning?.(ackNotAwaited(url))
    }
    if (fault?.code === 'invalid_channel' && channel !== renewedChannel) {
      renewedChannel = channels.renewChannel(channel)
      return { ...verdict, fault: onNewChannel(fault) }
    }
    acceptedBefore ||= !fault || (fault.accepted ?? 0) > 0
    if (fault) return verdict
    renewedChannel = undefined
    if (near && !nearCapacity) onWarning?.(closeToCapacity(url))
    nearCapacity = near
    return verdict
  }

  return {
    prefers: { inFlight: mostInFlight },
    async write(events, signal) {
      const writer = writers.take()
      await sendInOrder(splitIntoRequests(events, format, { maxBytes: maxBodyBytes }, writer), send, signal)
      writers.giveBack(writer)
    },
    ...(changed && { changed }),
    close: connection.close,
    [Symbol.asyncDispose]: connection.close,
  }
}

function unencodable(error: unknown): Fault {
  const reason = error instanceof Error ? error.message : String(error)
  const message = `The event cannot be written for the collector: ${reason}.`
  return fault({ fault: 'rejected', code: 'unencodable', message, at: 0, cause: error })
}

function ackNotAwaited({ origin }: URL): HecWarning {
  const message = `The token at ${origin} has indexer acknowledgement on, but this sink does not wait for it (ack): accepted means received, not indexed.`
  return { code: 'ack_not_awaited', message }
}

function closeToCapacity({ origin }: URL): HecWarning {
  const message = `${origin} accepts events, but reports that it is close to its capacity.`
  return { code: 'near_capacity', message }
}
