import { acceptedForm, contentTypes } from './accepted-form.ts'
import { type PrometheusForm, prometheusText } from './prometheus-text.ts'
import type { Registry } from './registry.ts'

/** The answer to a scrape. */
export interface MetricsAnswer {
  readonly contentType: string
  readonly body: Buffer
}

/** Answers a scrape in the form that its `Accept` header asks for. */
export type MetricsText = (accept: string | undefined) => Promise<MetricsAnswer>

/** Of the time of the process, scrapes may take a fifth. */
const restShare = 4

/**
 * All who ask while a text is made get that text. After one that took long, it is given again for four times as long as it took: with
 * thousands of pipelines and a scrape each 100 ms, events still come first. `now` in milliseconds.
 */
export function metricsText(registry: Registry, now: () => number = () => performance.now()): MetricsText {
  const made = new Map<PrometheusForm, Made>()
  function make(form: PrometheusForm): Made {
    const from = now()
    const text = { body: prometheusText(registry, form), goodUntil: Number.POSITIVE_INFINITY }
    text.body.then(
      () => {
        text.goodUntil = now() + restShare * (now() - from)
      },
      () => void made.delete(form),
    )
    made.set(form, text)
    return text
  }
  return async (accept) => {
    const form = acceptedForm(accept)
    const last = made.get(form)
    const { body } = last && now() < last.goodUntil ? last : make(form)
    return { contentType: contentTypes[form], body: await body }
  }
}

interface Made {
  readonly body: Promise<Buffer>
  goodUntil: number
}
