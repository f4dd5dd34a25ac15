import { createHash } from 'node:crypto'
import { counted } from '../../counted.ts'
import { type Html, html } from '../../html.ts'
import { age } from '../../progress/words/age.ts'
import { shellWord } from '../../terminal/shell-word.ts'
import type { RecentHours } from '../recent-hours.ts'
import type { LaneStatus, PipelineStatus } from '../status.ts'
import { sparkline } from './sparkline.ts'
import { conditionWords, duration, moment, retentionWords, troubleWords } from './words.ts'

interface Place {
  readonly now: number
  /** The path of the state, quoted for a shell. */
  readonly state: string
}

export function pipelineCard(status: PipelineStatus, hours: RecentHours | undefined, place: Place): Html {
  const { pipeline, condition, lanes, alarms, findings, fault } = status
  const { now } = place
  // The same after each renewal, wherever the card then stands.
  const id = `p${createHash('sha256').update(pipeline).digest('hex').slice(0, 12)}`
  return html`<article class="panel" id="${id}" aria-labelledby="${id}-name">
<div class="head"><h2 id="${id}-name">${pipeline}</h2><span class="badge ${condition}">${conditionWords[condition]}</span></div>
${fault && ended(fault)}
${standing(status, now)}
${lanes.map((lane) => laneBlock(lane, lanes.length > 1, now))}
${alarms.length > 0 && html`<dl><dt>Alarms</dt><dd>${alarmWords(alarms)}</dd></dl>`}
${findings.length > 0 && findingList(findings, now)}
${hours && sparkline(hours, `${id}-days`)}
${quarantine(status, place)}
</article>`
}

function ended({ code, message }: NonNullable<PipelineStatus['fault']>): Html {
  return html`<div class="trouble ended"><p class="say">${message}</p>
<p>This pipeline has ended (<code>${code}</code>); the others go on. Once it is fixed, start the run again, or send it SIGHUP if it follows its file.</p></div>`
}

/** The end of a pipeline is shown by itself. */
function standing({ alarms, fault }: PipelineStatus, now: number): Html[] {
  return alarms
    .filter(({ kind, state }) => state === 'ALARM' && !(kind === 'ended' && fault))
    .map(
      ({ kind, since, message }) =>
        html`<div class="trouble paused"><p class="say">${message}</p><p>Alarm <code>${kind}</code> since ${moment(since, now)}.</p></div>`,
    )
}

/** Alarms in a few words: which stand, and which cannot be judged. */
function alarmWords(alarms: PipelineStatus['alarms']): string {
  const of = (wanted: string): string[] => alarms.flatMap(({ kind, state }) => (state === wanted ? kind : []))
  const [raised, unjudged] = [of('ALARM'), of('INSUFFICIENT_DATA')]
  const first = raised.length === 0 ? `none of ${alarms.length} is raised` : raised.join(', ')
  return unjudged.length === 0 ? first : `${first}; too little is known yet to judge ${unjudged.join(', ')}`
}

function findingList(findings: PipelineStatus['findings'], now: number): Html {
  return html`<h3>Last findings of rules</h3>
<ul class="findings">${findings.map(
    ({ at, level, title, who }) =>
      html`<li>${moment(at, now)} <strong>${level}</strong>: ${title}, by ${who ?? 'an unknown actor'}</li>`,
  )}</ul>`
}

function laneBlock(lane: LaneStatus, isNamed: boolean, now: number): Html {
  const { condition, trouble, backlog } = lane
  const name = lane.lane === 'live' ? 'New events' : lane.lane === 'backlog' ? 'Backlog' : lane.lane
  const heading =
    isNamed && html`<h3>${name}: <span class="${condition}">${conditionWords[condition]}</span></h3>`
  return html`${heading}
${trouble && html`<div class="trouble ${trouble.kind}">${troubleWords(trouble, now)}</div>`}
${backlog && progress(backlog)}
<dl>${rows(lane, now).map(([term, value]) => html`<dt>${term}</dt><dd>${value}</dd>`)}</dl>`
}

function rows({ condition, ...lane }: LaneStatus, now: number): [string, Html | string][] {
  const { newestAt, lastPageAt, committedAt, delivered, lagMs, delayMs, deletedInMs, waitsMs } = lane
  const waiting =
    waitsMs === null ? '' : `; more wait, up to ${duration(waitsMs)}, until they are written together`
  const when = (iso: string | null, never: string): Html | string =>
    iso === null ? never : html`${moment(iso, now)}, ${age(now - Date.parse(iso))} ago`
  const all: [string, Html | string][] = [
    ['Delivered', `${counted(delivered, 'event')}${waiting}`],
    ['Newest event', when(newestAt, 'none yet')],
  ]
  if (condition === 'done') return all
  all.push(['Asana answered', when(lastPageAt, 'not yet in this run')])
  all.push(['Position saved', when(committedAt, 'not yet')])
  if (lagMs !== null) all.push(['Lag', duration(lagMs)])
  if (delayMs) {
    const { median, p99, most } = delayMs
    all.push([
      'Delay',
      `half within ${duration(median)}, 99 % within ${duration(p99)}, at most ${duration(most)}`,
    ])
  }
  all.push(['Retention', retentionWords(deletedInMs)])
  return all
}

function progress({ from, until, share, timeLeftMs, limitedBy }: NonNullable<LaneStatus['backlog']>): Html {
  const range = `Left to read: ${day(from) ?? 'the oldest event'} to ${day(until) ?? 'the start of the run'}.`
  if (share === null) return html`<p>${range}</p>`
  if (share === 1) return html`<p>All of it is read once; its last events are read again for late ones.</p>`
  const percent = Math.floor(share * 100)
  const left = timeLeftMs === null ? 'time left not known yet' : `about ${age(timeLeftMs)} left`
  return html`<progress max="100" value="${percent}" aria-label="Share of the backlog that is read"></progress>
<p>${percent} % read, ${left}${limitedBy === null ? '' : `; its pace is limited by ${limitedBy}`}. ${range}</p>`
}

function day(iso: string | null): string | undefined {
  return iso === null ? undefined : `${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC`
}

function quarantine({ pipeline, quarantine: counts }: PipelineStatus, { state }: Place): Html | undefined {
  if (counts.length === 0) return undefined
  const total = counts.reduce((sum, { entries }) => sum + entries, 0)
  return html`<div class="trouble paused"><p class="say">${counted(total, 'event')} in quarantine, kept whole.</p>
<ul>${counts.map(({ kind, code, entries }) => html`<li>${entries.toLocaleString('en')} ${kind}: <code>${code}</code></li>`)}</ul>
<p>To see why, and to send them again once the cause is fixed:</p>
<pre><code>asana-audit quarantine list --pipeline ${shellWord(pipeline)} --state ${state}</code></pre></div>`
}
