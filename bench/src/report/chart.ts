import { parse, type Spec, View } from 'vega'
import type { LegSummary, RowSummary } from '../summary.ts'

/** The legs that are drawn, each with its title. */
const drawn: Readonly<Record<string, string>> = {
  'whole-otlp': 'Whole, to OTLP: events a second',
  'whole-gzip': 'Whole, to OTLP, gzip both ways: events a second',
  'whole-hec': 'Whole, to Splunk HEC: events a second',
  backfill: 'Backfill from 200 ms away: events a second',
}

const colors: Readonly<Record<RowSummary['kind'], string>> = {
  ours: '#c2410c',
  peer: '#64748b',
  floor: '#cbd5e1',
}
const barHeight = 22
const width = 420

/** Bars for the most important legs, one panel below the other, as SVG. */
export async function chart(legs: readonly LegSummary[]): Promise<string> {
  const panels = Object.entries(drawn).flatMap(([leg, title]) => {
    const rows = legs.find(({ name }) => name === leg)?.rows.filter(({ eventsPerSecond }) => eventsPerSecond)
    return rows && rows.length > 0 ? [panel(leg, title, rows)] : []
  })
  const specification: Spec = {
    background: 'white',
    padding: 16,
    layout: { columns: 1, padding: 28, bounds: 'full', align: 'each' },
    config: { text: { font: 'system-ui, sans-serif' }, axis: { labelFont: 'system-ui, sans-serif' } },
    marks: panels,
  }
  return await new View(parse(specification), { renderer: 'none' }).toSVG()
}

function panel(leg: string, title: string, rows: readonly RowSummary[]): NonNullable<Spec['marks']>[number] {
  const values = rows.map(({ name, kind, eventsPerSecond }) => ({
    name,
    color: colors[kind],
    eventsPerSecond,
    text: eventsPerSecond?.toLocaleString('en'),
  }))
  const bar = { scale: 'x', field: 'eventsPerSecond' }
  return {
    type: 'group',
    title: { text: title, anchor: 'start', frame: 'group', font: 'system-ui, sans-serif' },
    data: [{ name: leg, values }],
    encode: { update: { width: { value: width }, height: { value: rows.length * barHeight } } },
    scales: [
      {
        name: 'x',
        type: 'linear',
        domain: { data: leg, field: 'eventsPerSecond' },
        range: [0, width],
        zero: true,
      },
      {
        name: 'y',
        type: 'band',
        domain: values.map(({ name }) => name),
        range: [0, rows.length * barHeight],
        padding: 0.3,
      },
    ],
    axes: [
      { scale: 'y', orient: 'left', domain: false, ticks: false, labelLimit: 0 },
      { scale: 'x', orient: 'bottom', format: '~s', tickCount: 5, domain: false },
    ],
    marks: [
      {
        type: 'rect',
        from: { data: leg },
        encode: {
          enter: {
            y: { scale: 'y', field: 'name' },
            height: { scale: 'y', band: 1 },
            x: { scale: 'x', value: 0 },
            x2: bar,
            fill: { field: 'color' },
          },
        },
      },
      {
        type: 'text',
        from: { data: leg },
        encode: {
          enter: {
            y: { scale: 'y', field: 'name', band: 0.5 },
            x: bar,
            dx: { value: 4 },
            baseline: { value: 'middle' },
            fontSize: { value: 10 },
            text: { field: 'text' },
          },
        },
      },
    ],
  }
}
