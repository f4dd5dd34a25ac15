import { counted } from '../../counted.ts'
import { hourMs } from '../../duration.ts'
import { type Html, html, trusted } from '../../html.ts'
import type { RecentHours } from '../recent-hours.ts'

const height = 32

/** Events by the hour as bars, with the same as a sentence and, day by day, as a table. `id` is unique on the page. */
export function sparkline({ from, counts }: RecentHours, id: string): Html {
  const total = counts.reduce((sum, count) => sum + count, 0)
  const most = Math.max(...counts)
  const busiest = hourText(from + counts.indexOf(most) * hourMs)
  const sentence =
    total === 0
      ? 'No event in seven days.'
      : `${counted(total, 'event')} in seven days, at most ${most.toLocaleString('en')} in one hour (${busiest}).`
  return html`<figure>
<svg viewBox="0 0 ${counts.length} ${height}" preserveAspectRatio="none" role="img" aria-label="${`Events by the hour: ${sentence}`}"><path d="${bars(counts, most)}"/></svg>
<figcaption>${sentence}</figcaption>
<details><summary id="${id}">Day by day</summary>
<table><thead><tr><th scope="col">Day (UTC)</th><th scope="col">Events</th></tr></thead>
<tbody>${days(from, counts).map(([day, count]) => html`<tr><th scope="row">${day}</th><td>${count.toLocaleString('en')}</td></tr>`)}</tbody></table></details>
</figure>`
}

function bars(counts: readonly number[], most: number): Html {
  // An hour with one event must be seen beside one with thousands.
  const path = counts.map((count, hour) =>
    count === 0 ? '' : `M${hour} ${height}v-${Math.max(2, (count / most) * height).toFixed(1)}h1V${height}z`,
  )
  return trusted(path.join(''))
}

function days(from: number, counts: readonly number[]): [string, number][] {
  const sums = new Map<string, number>()
  for (const [hour, count] of counts.entries()) {
    const day = new Date(from + hour * hourMs).toISOString().slice(0, 10)
    sums.set(day, (sums.get(day) ?? 0) + count)
  }
  return [...sums]
}

function hourText(at: number): string {
  const iso = new Date(at).toISOString()
  return `${iso.slice(0, 10)}, ${iso.slice(11, 13)}:00 UTC`
}
