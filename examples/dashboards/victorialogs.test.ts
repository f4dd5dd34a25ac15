import { expect, onTestFinished } from 'vitest'
import { otlpSink } from '../../packages/otlp/src/index.ts'
import { auditResourceAttributes, auditScope, toLogRecord } from '../../packages/schema/src/index.ts'
import { victoriaLogs } from '../../scripts/dashboards/grafana/victorialogs.ts'
import { type Panel, panelsIn } from '../../scripts/dashboards/panel.ts'
import { rows } from '../../scripts/dashboards/rows.ts'
import {
  busiestIn,
  type Choice,
  chosenFrom,
  everything,
  filledIn,
} from '../../test/support/dashboards/choice.ts'
import { expectShown, type Shown } from '../../test/support/dashboards/expect-shown.ts'
import { recordsOf } from '../../test/support/dashboards/expected.ts'
import { context, storedRecords, workspace } from '../../test/support/dashboards/records.ts'
import { corpus } from '../../test/support/stores/corpus.ts'
import { startVictoriaLogs, testWithVictoriaLogs } from '../../test/support/stores/victorialogs.ts'

const hour = 3_600_000

interface Target {
  readonly expr: string
  readonly queryType: 'stats' | 'statsRange' | 'instant'
  readonly maxLines?: number
}

interface Series {
  readonly metric: { readonly [label: string]: string }
  readonly value?: readonly [number, string]
  readonly values?: readonly (readonly [number, string])[]
}

testWithVictoriaLogs()(
  'every panel of Grafana over VictoriaLogs shows what is there, counted once',
  async () => {
    const store = await startVictoriaLogs()
    const until = Date.now()
    const { simulated, hostile } = corpus(until)
    const events = [...simulated, ...hostile]
    const sent = events.map((event) => toLogRecord(event, { context }))
    const resource = auditResourceAttributes({ workspace })
    const sink = otlpSink({ url: store.endpoint, resource, scope: auditScope })
    onTestFinished(() => sink.close?.())
    await sink.write(sent, new AbortController().signal)
    // Repeats.
    await sink.write(sent.slice(0, 500), new AbortController().signal)
    expect(await store.query('* | stats count() as all')).toEqual([{ all: String(sent.length + 500) }])

    const records = storedRecords(events)
    const ask = asker(store.origin, until - 90 * 24 * hour, until + hour)
    const panels = rows.flatMap((row) => panelsIn(row, 'victorialogs'))
    for (const panel of panels) {
      expectShown(panel, await ask(panel, victoriaLogs.query(panel) as Target, everything), records)
    }
    const choice = busiestIn(records)
    const theirs = panels
      .map((panel) => ({ panel, about: chosenFrom(records, panel, choice) }))
      .filter(({ panel, about }) => recordsOf(panel, about).length > 0)
    expect(theirs.length).toBeGreaterThan(panels.length / 4)
    for (const { panel, about } of theirs) {
      expectShown(panel, await ask(panel, victoriaLogs.query(panel) as Target, choice), about)
    }
  },
)

/** Asks as Grafana's data source does, for the time between in milliseconds, and reads what a panel shows. */
function asker(origin: string, from: number, to: number) {
  const start = new Date(from).toISOString()
  const end = new Date(to).toISOString()
  const page = async (path: string, parameters: Record<string, string>): Promise<string> => {
    const body = new URLSearchParams(parameters)
    const answer = await fetch(`${origin}/select/logsql/${path}`, { method: 'POST', body })
    const text = await answer.text()
    if (!answer.ok) throw new Error(`${parameters['query']}: ${text}`)
    return text
  }
  const series = (text: string): readonly Series[] => JSON.parse(text).data.result
  return async (panel: Panel, { expr, queryType, maxLines }: Target, choice: Choice): Promise<Shown> => {
    const query = filledIn(expr, choice)
    const name = ({ metric }: Series): string => ('by' in panel ? (metric[panel.by] ?? '') : '')
    if (queryType === 'instant') {
      const lines = (await page('query', { query, start, end, limit: String(maxLines) }))
        .trimEnd()
        .split('\n')
      const times = lines.map((line) => Date.parse(JSON.parse(line)._time))
      return times.toSorted((a, b) => b - a)
    }
    if (queryType === 'stats') {
      const all = series(await page('stats_query', { query: `_time:[${start}, ${end}] ${query}`, time: end }))
      return new Map(all.map((one) => [name(one), Number(one.value?.[1])]))
    }
    const all = series(await page('stats_query_range', { query, start, end, step: '1d' }))
    const sums = all.map((one): [string, number] => [
      name(one),
      (one.values ?? []).reduce((sum, [, value]) => sum + Number(value), 0),
    ])
    // What lacks the attribute has a line of its own.
    return new Map(sums.filter(([group]) => group !== ''))
  }
}
