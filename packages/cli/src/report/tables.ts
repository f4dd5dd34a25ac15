import { type Html, html, trusted } from '../html.ts'
import type { Counter } from '../query/counter.ts'
import type { HeatColors } from './heat-colors.ts'
import { number, percent } from './wording.ts'

/** A name, and on a line below what distinguishes it from others with that name. */
export function named([name, more]: readonly [string, string]): Html {
  return html`${unbroken(name)}${more && html`<span class="sub">${unbroken(more)}</span>`}`
}

/** Longer words may break anywhere, so that the table fits a telephone. */
const longestWord = 24

/** A line breaks between words, after the underscores of a type and after the punctuation of an address. Only too long words break inside. */
function unbroken(text: string): Html {
  const parts = text.split(/(?<=[_@./:-])/)
  const isPlain = text.split(/[\s_@./:-]/).every((word) => word.length <= longestWord)
  const broken = parts.map((part, index) => html`${index > 0 && trusted('<wbr>')}${part}`)
  return isPlain ? html`<bdi class="words">${broken}</bdi>` : html`<bdi>${broken}</bdi>`
}

/** The most frequent keys of a counter, with the rest as one row. */
export function topTable(
  title: string,
  counted: Counter,
  label: (key: string) => readonly [string, string],
  most: number,
): Html {
  const all = counted.sorted()
  const shown = all.slice(0, most)
  const rest = counted.total - shown.reduce((sum, [, count]) => sum + count, 0)
  const others = counted.others > 0 ? 'Others' : `${number(all.length - shown.length)} others`
  const row = (name: Html | string, count: number) => html`
<tr><th scope="row">${name}</th><td class="right">${number(count)}</td><td class="right">${percent(count, counted.total)}</td></tr>`
  return html`<div class="scroll"><table>
<thead><tr><th scope="col">${title}</th><th scope="col" class="right">Events</th><th scope="col" class="right">Share</th></tr></thead>
<tbody>${shown.map(([key, count]) => row(named(label(key)), count))}${rest > 0 ? row(others, rest) : ''}</tbody>
</table></div>`
}

/** The figures of a chart, for readers who cannot see it or want the numbers. */
export function figuresTable(
  first: string,
  names: readonly string[],
  series: readonly { name: string; values: readonly number[] }[],
): Html {
  return html`<details><summary>The same as a table</summary><div class="scroll"><table>
<thead><tr><th scope="col">${first}</th>${series.map(({ name }) => html`<th scope="col" class="right">${name}</th>`)}</tr></thead>
<tbody>${names.map(
    (name, index) => html`
<tr><th scope="row" class="when">${name}</th>${series.map(({ values }) => html`<td class="right">${number(values[index] ?? 0)}</td>`)}</tr>`,
  )}</tbody>
</table></div></details>`
}

const weekdays = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun']

/** Events by weekday and hour. Wide screens show a row for each day, narrow ones a row for each hour. */
export function heatMap(hours: readonly (readonly number[])[], { classOf }: HeatColors): Html {
  const cell = (count: number) => html`<td class="${classOf(count)}">${compact(count)}</td>`
  const hourNames = Array.from({ length: 24 }, (_, hour) => String(hour).padStart(2, '0'))
  const head = (
    names: readonly string[],
  ) => html`<colgroup><col class="head">${names.map(() => trusted('<col>'))}</colgroup>
<thead><tr><td></td>${names.map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>`
  return html`<table class="heat wide">${head(hourNames)}
<tbody>${hours.map(
    (row, day) => html`<tr><th scope="row">${weekdays[day]}</th>${row.map(cell)}</tr>
`,
  )}</tbody></table>
<table class="heat narrow">${head(weekdays)}
<tbody>${hourNames.map(
    (name, hour) => html`<tr><th scope="row">${name}</th>${hours.map((row) => cell(row[hour] ?? 0))}</tr>
`,
  )}</tbody></table>`
}

/** Four characters at most. */
function compact(count: number): string {
  if (count < 1_000) return String(count)
  return Intl.NumberFormat('en', { notation: 'compact', maximumSignificantDigits: 2 }).format(count)
}
