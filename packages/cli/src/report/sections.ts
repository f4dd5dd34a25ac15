import { type Html, html } from '../html.ts'
import type { Counter } from '../query/counter.ts'
import { safeText } from '../terminal/safe-text.ts'
import { actorLabel } from './actor-key.ts'
import type { Chart, Series } from './chart.ts'
import type { Figures, KindFigures } from './figures.ts'
import { heatColors } from './heat-colors.ts'
import { adminChangeRow, typeRow } from './list-rows.ts'
import type { ReportWindow } from './report-window.ts'
import { figuresTable, heatMap, topTable } from './tables.ts'
import { bucketLabel, categoryLabel, moment, number, percent, shortened, typeLabel } from './wording.ts'

/** A part of the page, with its charts. */
export interface Section {
  readonly title: string
  readonly body: Html
  readonly charts: readonly Chart[]
  /** Additional rules for the style sheet. */
  readonly style?: string
}

/** The id of a section, for links to it. */
export function anchor(title: string): string {
  return `section-${title.toLowerCase().replaceAll(' ', '-')}`
}

const categoryColors = new Set([
  'logins',
  'user_updates',
  'roles',
  'apps',
  'access_control',
  'admin_settings',
  'content_export',
  'creation',
  'deletion',
])

export function overTime({ categories }: Figures, window: ReportWindow): Section {
  const series = categories.map(([category, values]) => ({
    name: shortened(categoryLabel(category), 30),
    color: categoryColors.has(category) ? category : 'other',
    values,
  }))
  const unit = window.unit === 'hour' ? 'hour' : window.unit
  return section(
    'Events over time',
    html`By category, for each ${unit}. The first and the last ${unit} may be incomplete.`,
    [timeChart('over-time', series, window, '')],
  )
}

export function signIns({ kinds, failedFrom }: Figures, window: ReportWindow): Section {
  const [good, failed] = [kinds['sign-in'], kinds['failed sign-in']]
  const series = [
    { name: 'Failed', color: 'alarm', values: failed.buckets },
    { name: 'Succeeded', color: 'logins', values: good.buckets },
  ]
  const attempts = good.now + failed.now
  return section(
    'Sign-ins and failures',
    html`${number(failed.now)} of ${number(attempts)} attempts failed (${percent(failed.now, attempts)}).`,
    [timeChart('sign-ins', series, window, '')],
    failed.now > 0 &&
      columns(
        topTable('Accounts with failed sign-ins', failed.resources, plainLabel, 8),
        topTable('Addresses they came from', failedFrom, plainLabel, 8),
      ),
  )
}

export function hours({ hours: counts }: Figures, { zone }: ReportWindow): Section {
  const note = html`All events by weekday and hour, in ${zone.name}. A stronger colour means more events.`
  const colors = heatColors(counts.flat())
  return { ...section('Hours of the week', note, [], heatMap(counts, colors)), style: colors.style }
}

export function topActors({ actors }: Figures): Section {
  const top = actors.sorted().slice(0, 15)
  const labels = top.map(([actor]) => safeText(shortened(actorLabel(actor)[0], 26)))
  const values = top.map(([, count]) => count)
  const chart: Chart = {
    id: 'actors',
    labels,
    series: [{ name: 'Events', color: 'logins', values }],
    horizontal: true,
  }
  const title = 'Most active'
  return {
    title,
    charts: [chart],
    body: html`<section id="${anchor(title)}"><h2>${title}</h2>
<p class="note">Actors by the number of their events: the first ${top.length} of ${counted(actors, 'actor')}.</p>
${canvas(chart, 'tall', `Bar chart: events of the ${top.length} most active.`)}
<details><summary>The same as a table, with addresses</summary>${topTable('Actor', actors, actorLabel, 50)}</details></section>`,
  }
}

export function exportsSection({ kinds }: Figures, window: ReportWindow): Section {
  return kindSection('Exports', 'exports', 'content_export', kinds.export, window, 'No data was exported.')
}

export function deletions({ kinds }: Figures, window: ReportWindow): Section {
  const restored = kinds.restoration.now
  const more = restored > 0 ? ` ${number(restored)} things were restored from the trash.` : ''
  return kindSection(
    'Deletions',
    'deletions',
    'deletion',
    kinds.deletion,
    window,
    'Nothing was deleted.',
    more,
  )
}

export function adminChanges(figures: Figures, window: ReportWindow): Section {
  const its = figures.kinds['admin change']
  const title = 'Admin changes'
  if (its.now === 0) return section(title, html`No setting and no role was changed.`, [])
  const listed = figures.adminChanges
  const which = listed.length < its.now ? `The ${listed.length} most serious` : 'All of them'
  return section(
    title,
    html`${number(its.now)} changes of settings and roles by ${counted(its.actors, 'actor')}.`,
    [
      timeChart(
        'admin-changes',
        [{ name: title, color: 'admin_settings', values: its.buckets }],
        window,
        'low',
      ),
    ],
    html`<h3>${which}, by severity and then the newest first</h3>
<table class="stack"><thead><tr><th scope="col">Severity</th><th scope="col">Time (${window.zone.name})</th><th scope="col">What</th><th scope="col">Who</th><th scope="col">From</th></tr></thead>
<tbody>${listed.map((event) => adminChangeRow(event, window.zone))}</tbody></table>`,
  )
}

export function newTypes(figures: Figures, window: ReportWindow): Section {
  const title = 'New event types'
  const { types, before, oldest } = figures
  const found = types.filter(({ isNew, isCatalogued }) => isNew || !isCatalogued)
  const since =
    before > 0 && oldest !== undefined
      ? `Compared with ${number(before)} events back to ${moment(oldest, window.zone)}.`
      : 'There are no events from before the window to compare with, so only types that are not in the catalogue of this version are listed.'
  if (found.length === 0) return section(title, html`None. ${since}`, [])
  const sorted = found.toSorted(
    (a, b) => Number(a.isCatalogued) - Number(b.isCatalogued) || a.firstAt - b.firstAt,
  )
  return section(
    title,
    html`Types first seen in this window. ${since}`,
    [],
    html`<table class="stack"><thead><tr><th scope="col">Type</th><th scope="col">First seen (${window.zone.name})</th><th scope="col" class="right">Events</th></tr></thead>
<tbody>${sorted.map((type) => typeRow(type, window.zone))}</tbody></table>`,
  )
}

function kindSection(
  title: string,
  id: string,
  color: string,
  its: KindFigures,
  window: ReportWindow,
  none: string,
  more = '',
): Section {
  if (its.now === 0) return section(title, html`${none}${more}`, [])
  return section(
    title,
    html`${number(its.now)} ${title.toLowerCase()} by ${counted(its.actors, 'actor')}.${more}`,
    [timeChart(id, [{ name: title, color, values: its.buckets }], window, 'low')],
    columns(
      topTable('What', its.types, (type) => [typeLabel(type), type], 8),
      topTable('Who', its.actors, actorLabel, 8),
    ),
  )
}

interface Drawn {
  readonly chart: Chart
  readonly body: Html
}

function timeChart(id: string, series: readonly Series[], window: ReportWindow, size: string): Drawn {
  const { unit, buckets } = window
  const labels = buckets.map((bucket) => bucketLabel(bucket, unit))
  const chart: Chart = { id, labels, series: series.map((one) => ({ ...one, name: safeText(one.name) })) }
  const sums = series.map(({ name, values }) => `${name} ${number(values.reduce((a, b) => a + b, 0))}`)
  const first = unit === 'week' ? 'Week from' : `${unit.charAt(0).toUpperCase()}${unit.slice(1)}`
  return {
    chart,
    body: html`${canvas(chart, size, `Bar chart by ${unit}: ${sums.join(', ')}.`)}${figuresTable(first, buckets, series)}`,
  }
}

function canvas({ id }: Chart, size: string, description: string): Html {
  return html`<figure><div class="chart ${size}"><canvas id="${id}" role="img" aria-label="${description}"></canvas></div></figure>
`
}

function section(title: string, note: Html, drawn: readonly Drawn[], more?: Html | false): Section {
  return {
    title,
    charts: drawn.map(({ chart }) => chart),
    body: html`<section id="${anchor(title)}"><h2>${title}</h2>
<p class="note">${note}</p>
${drawn.map(({ body }) => body)}${more || ''}</section>
`,
  }
}

function columns(left: Html, right: Html): Html {
  return html`<div class="columns"><div>${left}</div><div>${right}</div></div>`
}

function plainLabel(name: string): readonly [string, string] {
  return [name, '']
}

function counted({ size, others }: Counter, noun: string): string {
  return `${others > 0 ? 'more than ' : ''}${number(size)} ${noun}${size === 1 ? '' : 's'}`
}
