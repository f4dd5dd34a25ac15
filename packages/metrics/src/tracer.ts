/** Seconds since 1970, and nanoseconds: as a `Tracer` takes a time without a doubt what it counts from. */
export type HrTime = [seconds: number, nanoseconds: number]

export type SpanAttributes = Record<string, string | number>

/** What `factTracer` uses of a `Span` of `@opentelemetry/api`. */
export interface SpanParts {
  addEvent(name: string, attributes: SpanAttributes, time: HrTime): unknown
  /** 2: an error. */
  setStatus(status: { code: 2 }): unknown
  end(time: HrTime): void
}

/** What `factTracer` uses of a `Tracer` of `@opentelemetry/api`, by its shape, as `MeterParts` is of a `Meter`. */
export interface TracerParts<Span extends SpanParts, Context> {
  startSpan(
    name: string,
    options: { readonly root?: boolean; readonly startTime: HrTime; readonly attributes: SpanAttributes },
    context?: Context,
  ): Span
}
