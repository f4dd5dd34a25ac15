import type { Sink } from '@asana-audit/core'
import { onTestFinished } from 'vitest'
import { type HecEvent, type HecSinkOptions, hecSink } from '../../src/index.ts'

export const token = 'S3cretTokenOfTheTest'

export const neverAborted: AbortSignal = new AbortController().signal

/** A sink for one test. */
export function sinkFor(
  receiver: { readonly url: string },
  options: Partial<HecSinkOptions> = {},
): Sink<HecEvent> {
  const sink = hecSink({ url: receiver.url, token, ...options })
  onTestFinished(() => sink.close?.())
  return sink
}

export function event(number: number | string, more: Partial<HecEvent> = {}): HecEvent {
  return { timeMs: 1_763_780_645_123, event: { gid: String(number) }, ...more }
}

export function events(count: number): HecEvent[] {
  return Array.from({ length: count }, (_, number) => event(number))
}
