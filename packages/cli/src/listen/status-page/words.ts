import { hourMs } from '../../duration.ts'
import { type Html, html } from '../../html.ts'
import { age } from '../../progress/words/age.ts'
import type { Condition, LaneStatus } from '../status.ts'

export const conditionWords: Readonly<Record<Condition, string>> = {
  ended: 'Ended',
  paused: 'Paused',
  retrying: 'Trying again',
  starting: 'Starting',
  reading: 'Reading',
  caught_up: 'Up to date',
  done: 'Read',
}

/** `0.4 s`, `12 s`, `3 min`. */
export function duration(ms: number): string {
  return ms < 10_000 ? `${(Math.max(0, ms) / 1_000).toFixed(1)} s` : age(ms)
}

/** A time of day for what happened within some hours, else with its date. */
export function moment(iso: string, now: number): Html {
  const isNear = Math.abs(now - Date.parse(iso)) < 12 * hourMs
  const text = `${isNear ? '' : `${iso.slice(0, 10)} `}${iso.slice(11, isNear ? 19 : 16)} UTC`
  return html`<time datetime="${iso}">${text}</time>`
}

export const parts = { source: 'Asana', sink: 'the destination', state: 'the state' } as const

/** What stops a lane, since when, and the next step: that of a person in the message, and our own. */
export function troubleWords(trouble: NonNullable<LaneStatus['trouble']>, now: number): Html {
  const { kind, part, code, message, since, nextAttemptAt } = trouble
  const inMs = Date.parse(nextAttemptAt) - now
  const next = inMs > 0 ? html`in ${duration(inMs)}` : 'now'
  const own =
    kind === 'paused'
      ? html`It tries again by itself ${next} and continues once the cause is gone.`
      : html`It tries again ${next}. Nothing is lost meanwhile.`
  return html`<p class="say">${message}</p>
<p>${kind === 'paused' ? 'Paused' : 'Failing'} since ${moment(since, now)} at ${parts[part]} (<code>${code}</code>). ${own}</p>`
}

/** How long Asana still keeps what may be unread. */
export function retentionWords(deletedInMs: number | null): string {
  if (deletedInMs === null) return 'nothing unread'
  return deletedInMs > 0
    ? `${age(deletedInMs)} until Asana deletes the oldest event that may be unread`
    : 'the oldest unread events may be deleted at any moment'
}
