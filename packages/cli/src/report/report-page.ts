import { createHash } from 'node:crypto'
import { type Html, html, jsonScript, trusted } from '../html.ts'
import { chartLibrary } from './chart-library.ts'
import { drawCharts } from './draw-charts.ts'
import type { Compared, Figures } from './figures.ts'
import { pageStyle } from './page-style.ts'
import type { ReportWindow } from './report-window.ts'
import {
  adminChanges,
  anchor,
  deletions,
  exportsSection,
  hours,
  newTypes,
  overTime,
  signIns,
  topActors,
} from './sections.ts'
import { moment, number, percent, span } from './wording.ts'

export interface ReportPageOptions {
  readonly figures: Figures
  readonly window: ReportWindow
  /** The source of the events, in a few words. */
  readonly source: string
  /** Milliseconds since 1970. */
  readonly madeAt: number
  readonly version: string
  /** What a reader must know about missing events. */
  readonly warnings: readonly string[]
}

/**
 * The report as one HTML file with its style, charts and figures. Its content security policy forbids every request. The figures of each
 * chart are also in a table.
 */
export function reportPage({
  figures,
  window,
  source,
  madeAt,
  version,
  warnings,
}: ReportPageOptions): string {
  const { since, until, zone } = window
  const comparable = canCompare(figures, window)
  // First what may need a reaction, last what shows habits.
  const sections = [
    adminChanges(figures, window),
    signIns(figures, window),
    exportsSection(figures, window),
    deletions(figures, window),
    newTypes(figures, window),
    overTime(figures, window),
    topActors(figures),
    hours(figures, window),
  ]
  const style = [pageStyle, ...sections.map(({ style: own }) => own ?? '')].join('')
  const library = chartLibrary()
  const script = `(${drawCharts.toString()})()`
  const compared = comparable ? `, compared with the ${span(until - since)} before` : ''
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy([library, script], style)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="color-scheme" content="light dark">
<title>Asana audit report, ${moment(since, zone)} to ${moment(until, zone)}</title>
<link rel="icon" href="data:,">
<style>${trusted(style)}</style>
</head>
<body>
<header>
<h1>Asana audit report</h1>
<p class="muted">${moment(since, zone)} to ${moment(until, zone)} (${span(until - since)})${compared}. All times are ${zone.name}. Read from ${source}.</p>
${warnings.map((warning) => html`<p class="warning">${warning}</p>`)}
<noscript><p class="warning">The charts need JavaScript. The tables below them have the same figures.</p></noscript>
</header>
<nav aria-label="Sections"><ul>
${sections.map(
  ({ title }) => html`<li><a href="#${anchor(title)}">${title}</a></li>
`,
)}</ul></nav>
<main>
${tiles(figures, comparable)}
${sections.map(({ body }) => body)}
</main>
<footer><p class="note">Made on ${moment(madeAt, zone)} by asana-audit ${version}. The page loads nothing. It contains personal data of your organisation.</p></footer>
<script type="application/json" id="charts">${jsonScript(sections.flatMap(({ charts }) => charts))}</script>
<script>${trusted(library)}</script>
<script>${trusted(script)}</script>
</body>
</html>
`
  return page.markup
}

/** Allows only the scripts and the style of the page itself, by their hashes. */
function policy(scripts: readonly string[], style: string): string {
  const hash = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`
  return `default-src 'none'; script-src ${scripts.map(hash).join(' ')}; style-src ${hash(style)}; img-src data:; base-uri 'none'; form-action 'none'`
}

/** Whether the events also cover the equally long time before. A twentieth of it may be missing. */
function canCompare({ oldest }: Figures, { since, previousSince }: ReportWindow): boolean {
  return oldest !== undefined && oldest <= previousSince + (since - previousSince) / 20
}

function tiles(figures: Figures, comparable: boolean): Html {
  const { total, kinds, actors, types } = figures
  const failed = kinds['failed sign-in']
  const attempts = failed.now + kinds['sign-in'].now
  const tile = (name: string, value: string, more: string, kind = '') =>
    html`<li><span class="name">${name}</span><span class="number ${kind}">${value}</span><span class="change">${more}</span></li>
`
  const compared = (name: string, count: Compared) =>
    tile(name, number(count.now), comparable ? comparison(count) : '')
  return html`<ul class="tiles">
${compared('Events', total)}
${tile('Active actors', `${actors.others > 0 ? '> ' : ''}${number(actors.size)}`, '')}
${compared('Sign-ins', kinds['sign-in'])}
${tile('Failed sign-ins', number(failed.now), `${percent(failed.now, attempts)} of attempts${comparable ? `; ${comparison(failed)}` : ''}`, failed.now > 0 ? 'alarm' : '')}
${compared('Exports', kinds.export)}
${compared('Admin changes', kinds['admin change'])}
${compared('Deletions', kinds.deletion)}
${tile('New event types', number(types.filter(({ isNew }) => isNew).length), figures.before > 0 ? '' : 'nothing to compare with')}
</ul>`
}

function comparison({ now, previous }: Compared): string {
  if (previous === 0) return 'none before'
  const change = Math.round((100 * (now - previous)) / previous)
  return `${number(previous)} before (${change > 0 ? '+' : change < 0 ? '−' : '±'}${Math.abs(change)} %)`
}
