import { createHash } from 'node:crypto'
import { counted } from '../../counted.ts'
import { type Html, html, trusted } from '../../html.ts'
import { shellWord } from '../../terminal/shell-word.ts'
import type { Answer } from '../answer.ts'
import type { RecentHours } from '../recent-hours.ts'
import { type Condition, conditions, type PipelineStatus, type Status } from '../status.ts'
import { attentionOf } from './attention.ts'
import { pageScript } from './page-script.ts'
import { pageStyle } from './page-style.ts'
import { pipelineCard } from './pipeline-card.ts'
import { conditionWords, moment } from './words.ts'

/** What a reader asked for. */
export interface Wanted {
  /** Part of the name of a pipeline, in any case. */
  readonly name: string
  /** From 1. */
  readonly page: number
}

/** The pipelines on one page of a status, those that need a person first. */
export interface Selection {
  readonly found: number
  readonly page: number
  readonly pages: number
  readonly shown: readonly PipelineStatus[]
}

const perPage = 50
/** How many pipelines the list at the top shows. */
const attentionShown = 10

export function select({ pipelines }: Pick<Status, 'pipelines'>, { name, page }: Wanted): Selection {
  const found = worstFirst(
    pipelines.filter(({ pipeline }) => pipeline.toLowerCase().includes(name.toLowerCase())),
  )
  const pages = Math.max(1, Math.ceil(found.length / perPage))
  const at = Math.min(Math.max(1, page), pages)
  return { found: found.length, page: at, pages, shown: found.slice((at - 1) * perPage, at * perPage) }
}

function worstFirst(pipelines: readonly PipelineStatus[]): readonly PipelineStatus[] {
  return pipelines.toSorted((a, b) => conditions.indexOf(a.condition) - conditions.indexOf(b.condition))
}

interface Shown {
  readonly status: Status
  readonly wanted: Wanted
  readonly selection: Selection
  readonly hours: ReadonlyMap<string, RecentHours>
  /** For the commands on the page. */
  readonly statePath: string
}

/** The whole page: it loads nothing, and its policy allows no other style or script than ours. */
export function statusPage({ status, wanted, selection, hours, statePath }: Shown): Answer {
  const now = Date.parse(status.at)
  const state = shellWord(statePath)
  const cards = selection.shown.map((one) => pipelineCard(one, hours.get(one.pipeline), { now, state }))
  const body = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<noscript><meta http-equiv="refresh" content="30"></noscript>
<title>${title(status)}</title>
<style>${trusted(pageStyle)}</style>
</head>
<body>
<header>
<h1>Asana audit log</h1>
<p id="stale" role="alert" hidden></p>
<div id="overview">${overview(status, now)}</div>
${status.pipelines.length > perPage || wanted.name !== '' ? search(wanted) : ''}
</header>
<main id="pipelines">
${wanted.name === '' ? '' : html`<p>${counted(selection.found, 'pipeline')} found.</p>`}
<div class="cards">${cards}</div>
${pageLinks(selection, wanted)}
</main>
<footer class="muted">
<p>asana-audit ${status.version}, started ${moment(status.startedAt, now)}. Times are UTC. The page renews itself.
<a href="/status.json">The same as JSON</a>, <a href="/metrics">metrics</a>.</p>
</footer>
<script>${trusted(pageScript)}</script>
</body>
</html>
`
  return { status: 200, type: 'text/html; charset=utf-8', body: Buffer.from(body.markup), headers }
}

const hash = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`

const headers = {
  'Content-Security-Policy': [
    "default-src 'none'",
    `style-src ${hash(pageStyle)}`,
    `script-src ${hash(pageScript)}`,
    "connect-src 'self'; form-action 'self'; img-src data:; base-uri 'none'; frame-ancestors 'none'",
  ].join('; '),
}

function title(status: Status): string {
  const count = status.pipelines.filter((one) => attentionOf(one).length > 0).length
  return count === 0 ? 'Asana audit log: all is well' : `(${count}) Asana audit log`
}

function overview({ pipelines, phase, at }: Status, now: number): Html {
  const counts = Map.groupBy(pipelines, ({ condition }) => condition)
  const parts = conditions.flatMap((one: Condition) => {
    const count = counts.get(one)?.length ?? 0
    return count === 0 ? [] : `${count.toLocaleString('en')} ${conditionWords[one].toLowerCase()}`
  })
  const needy = worstFirst(pipelines).flatMap((one) => {
    const why = attentionOf(one)
    return why.length === 0
      ? []
      : html`<li><a href="${`/?q=${encodeURIComponent(one.pipeline)}`}">${one.pipeline}</a>: ${why.join('; ')}</li>`
  })
  const more = needy.length - attentionShown
  return html`<p role="status">${counted(pipelines.length, 'pipeline')}: ${parts.join(', ')}.${phase === 'stopping' ? ' The run is stopping.' : ''}</p>
<p class="muted">As of ${moment(at, now)}</p>
${
  needy.length === 0
    ? html`<p>Nothing needs a person.</p>`
    : html`<section id="attention" class="panel" aria-labelledby="look"><h2 id="look">Look at these</h2>
<ul>${needy.slice(0, attentionShown)}${more > 0 && html`<li>and ${more.toLocaleString('en')} more below</li>`}</ul></section>`
}`
}

function search({ name }: Wanted): Html {
  return html`<form role="search" action="/"><label for="q">Name of a pipeline</label>
<input id="q" name="q" type="search" value="${name}"><button>Find</button>${name === '' ? '' : html`<a href="/">Show all</a>`}</form>`
}

function pageLinks({ page, pages }: Selection, { name }: Wanted): Html | undefined {
  if (pages === 1) return undefined
  const near = [...new Set([1, page - 1, page, page + 1, pages])].filter((one) => one >= 1 && one <= pages)
  const link = (one: number): Html =>
    one === page
      ? html`<li><span aria-current="page">${one}</span></li>`
      : html`<li><a href="${`/?${new URLSearchParams({ q: name, page: String(one) })}`}">${one}</a></li>`
  return html`<nav aria-label="Pages"><ul><li class="muted">Page</li>${near.map(link)}</ul></nav>`
}
