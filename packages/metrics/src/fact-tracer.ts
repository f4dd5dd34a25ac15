import type { Fact } from '@asana-audit/core'
import { type SpanName, spanDefinitions } from './span-definitions.ts'
import type { HrTime, SpanAttributes, SpanParts, TracerParts } from './tracer.ts'

export interface FactTracerOptions<Span, Context> {
  /** A context with this span as the parent: `(span) => trace.setSpan(ROOT_CONTEXT, span)`. */
  readonly contextOf: (span: Span) => Context
  /**
   * Milliseconds since 1970, for tests.
   * @default the system's clock
   */
  readonly now?: (() => number) | undefined
}

export interface PipelineTracerOptions {
  /** The name of the pipeline, as given to `deliver`. */
  readonly pipeline: string
  /** The kind of destination. */
  readonly destination: string
}

/** The spans of one pipeline. */
export interface PipelineTracer {
  /** For `onFact`, of `deliver` and of `deliverLanes`. Without a lane: `live`. */
  readonly fact: (fact: Fact, lane?: string) => void
  /** The pipeline has ended; with `hasFailed` for a fault. Ends the spans that are open. */
  ended(hasFailed?: boolean): void
}

export interface FactTracer {
  pipeline(options: PipelineTracerOptions): PipelineTracer
}

/**
 * Makes the spans of `spanDefinitions` with your Tracer, once what they stand for has ended: a fact says how long that took. So nothing
 * is measured in the delivery itself, and a trace holds what a lane does from one saved position to the next.
 */
export function factTracer<Span extends SpanParts, Context>(
  tracer: TracerParts<Span, Context>,
  { contextOf, now = Date.now }: FactTracerOptions<Span, Context>,
): FactTracer {
  return {
    pipeline({ pipeline, destination }) {
      /** The open span of each lane that has one. */
      const roots = new Map<string, Span>()

      const attributesOf = (lane: string): SpanAttributes => ({
        'asana_audit.pipeline': pipeline,
        'asana_audit.lane': lane,
        'asana_audit.destination': destination,
      })

      function rootOf(lane: string, startTime: HrTime): Span {
        const open = roots.get(lane)
        if (open) return open
        const { name } = spanDefinitions.deliver
        const root = tracer.startSpan(name, { root: true, startTime, attributes: attributesOf(lane) })
        roots.set(lane, root)
        return root
      }

      /** A span that ends now. */
      function span(name: SpanName, lane: string, ms: number, attributes: SpanAttributes): void {
        const end = now()
        // A clock that was set back must not end a span before it begins.
        const startTime = hrTime(end - Math.max(0, ms))
        const context = contextOf(rootOf(lane, startTime))
        const all = { ...attributesOf(lane), ...attributes }
        const made = tracer.startSpan(spanDefinitions[name].name, { startTime, attributes: all }, context)
        if ('error.type' in attributes) made.setStatus({ code: 2 })
        made.end(hrTime(end))
      }

      return {
        fact(fact, lane = 'live') {
          switch (fact.type) {
            case 'requested':
              return span('poll', lane, fact.ms, {
                ...answerAttributes(fact.status),
                'asana_audit.budget.wait': fact.waitedMs / 1_000,
              })
            case 'write_accepted':
              return span('write', lane, fact.ms, { 'asana_audit.records': fact.records })
            case 'committed':
              span('commit', lane, fact.ms, { 'asana_audit.events': fact.events })
              roots.get(lane)?.end(hrTime(now()))
              roots.delete(lane)
              return
            case 'retrying':
            case 'paused':
            case 'resumed': {
              const at = hrTime(now())
              const code = fact.type === 'resumed' ? {} : { 'error.type': fact.code }
              rootOf(lane, at).addEvent(fact.type, { 'asana_audit.part': fact.part, ...code }, at)
            }
          }
        },
        ended(hasFailed = false) {
          for (const root of roots.values()) {
            if (hasFailed) root.setStatus({ code: 2 })
            root.end(hrTime(now()))
          }
          roots.clear()
        },
      }
    },
  }
}

function answerAttributes(status: number | undefined): SpanAttributes {
  if (status === undefined) return { 'error.type': 'no_answer' }
  const error = status < 400 ? {} : { 'error.type': String(status) }
  return { 'http.response.status_code': status, ...error }
}

function hrTime(ms: number): HrTime {
  const seconds = Math.floor(ms / 1_000)
  return [seconds, Math.floor((ms - seconds * 1_000) * 1e6)]
}
