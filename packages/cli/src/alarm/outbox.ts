import { type Clock, isFault, type OnFact } from '@asana-audit/core'
import { retry } from '@asana-audit/core/sink-kit'
import type { Warning } from '../terminal/problem.ts'
import type { Alarm } from './alarm.ts'

/** Sends one alarm, one attempt. `replaced`: how many earlier states of it were never sent. Rejects with a fault. */
export type SendAlarm = (alarm: Alarm, replaced: number, signal: AbortSignal) => Promise<void>

/** The alarms that wait for one receiver. */
export interface Outbox {
  /** Resolves once the receiver has taken this state, a later one of the same alarm, or refused it for good. */
  put(alarm: Alarm): Promise<void>
  /** Tries to send what waits for up to `graceMs`, and ends. */
  close(graceMs: number): Promise<void>
}

export interface OutboxOptions {
  /** The name of the receiver in messages. It holds no secret. */
  readonly name: string
  readonly send: SendAlarm
  readonly clock: Clock
  readonly say: (warning: Warning) => void
}

interface Waiting {
  readonly alarm: Alarm
  readonly replaced: number
  readonly sent: PromiseWithResolvers<void>
}

/**
 * A queue with one place for each alarm of each pipeline, and for each finding. While the receiver takes nothing, a newer state of an alarm
 * replaces the state that waits, and the pipeline limits how many findings wait, so the queue cannot grow. It reports that a state waits,
 * and how many states were replaced.
 */
export function outbox({ name, send, clock, say }: OutboxOptions): Outbox {
  const waiting = new Map<string, Waiting>()
  const ended = new AbortController()
  let sending: Promise<void> | undefined
  let replacedInAll = 0

  async function sendAll(): Promise<void> {
    for (let key = first(); key !== undefined; key = first()) await sendOne(key)
  }
  const first = (): string | undefined => waiting.keys().next().value

  async function sendOne(key: string): Promise<void> {
    let tried: Waiting | undefined
    try {
      await retry(
        async () => {
          tried = waiting.get(key)
          if (tried) await send(tried.alarm, tried.replaced, ended.signal)
        },
        { part: 'sink', clock, signal: ended.signal, onFatal: 'pause', onFact: report },
      )
    } catch (error) {
      if (ended.signal.aborted || !isFault(error)) throw error
      const message = `${name} refuses an alarm for good, and it is not sent again. ${error.message}`
      say({ code: 'alarm_refused', message })
    }
    if (tried) done(key, tried)
  }

  function done(key: string, { alarm, sent }: Waiting): void {
    const now = waiting.get(key)
    if (now?.alarm === alarm) waiting.delete(key)
    // The receiver knows the state before this one, so none was left out.
    else if (now) waiting.set(key, { ...now, replaced: 0 })
    sent.resolve()
  }

  const report: OnFact = (fact) => {
    if ((fact.type === 'retrying' && fact.failures === 1) || fact.type === 'paused') {
      const message = `${name} does not take alarms. ${fact.message} It is tried again; until then the newest state of each alarm waits.`
      say({ code: 'alarm_waits', message })
    }
    if (fact.type !== 'resumed') return
    const left = replacedInAll === 1 ? 'One state was' : `${replacedInAll} states were`
    const replaced = replacedInAll === 0 ? '' : ` ${left} replaced by newer ones and not sent.`
    replacedInAll = 0
    say({ code: 'alarm_sent', message: `${name} takes alarms again.${replaced}` })
  }

  function start(): void {
    sending ??= sendAll()
      .catch((error: unknown) => {
        if (!ended.signal.aborted) throw error
      })
      .finally(() => {
        sending = undefined
        if (waiting.size > 0 && !ended.signal.aborted) start()
      })
  }

  /** Waits until nothing is left. An alarm that comes while the last one is sent starts another sending, so it looks again. */
  async function allSent(): Promise<void> {
    while (waiting.size > 0 && !ended.signal.aborted) await sending
  }

  return {
    put(alarm) {
      const key = JSON.stringify([alarm.pipeline, alarm.kind, alarm.finding?.id])
      const before = waiting.get(key)
      // A reminder of the same state leaves nothing out.
      const isNew = before !== undefined && before.alarm.state !== alarm.state
      if (isNew) replacedInAll += 1
      const sent = Promise.withResolvers<void>()
      if (before) sent.promise.then(before.sent.resolve, before.sent.reject)
      waiting.set(key, { alarm, replaced: (before?.replaced ?? 0) + (isNew ? 1 : 0), sent })
      start()
      return sent.promise
    },
    async close(graceMs) {
      if (waiting.size > 0) await Promise.race([allSent(), clock.sleep(graceMs, ended.signal)])
      ended.abort(new Error('The run has ended.'))
      await sending
      for (const { sent } of waiting.values()) sent.reject(ended.signal.reason)
    },
  }
}
