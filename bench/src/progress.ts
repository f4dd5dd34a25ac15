import type { Case, Leg, Outcome } from './case.ts'
import { type FigureName, figureColumns } from './figures.ts'
import { number } from './report/number.ts'

export interface Progress {
  round(leg: Leg, one: Case, round: number, outcome: Outcome): void
}

/** A line for each round, with an estimate of the remaining time. */
export function progress(legs: readonly Leg[], write: (line: string) => void): Progress {
  const all = legs.flatMap(({ cases }) => cases)
  const total = all.reduce((sum, { rounds }) => sum + rounds, 0)
  const digits = String(total).length
  const started = performance.now()
  let done = 0
  return {
    round(leg, one, round, outcome) {
      done += 1
      const left = ((performance.now() - started) / done) * (total - done)
      const of = one.rounds > 1 ? ` ${round}/${one.rounds}` : ''
      const place = `[${String(done).padStart(digits)}/${total}, ${minutes(left)} left]`
      write(`${place} ${leg.name}: ${one.name}${of}: ${told(one, outcome)}\n`)
    },
  }
}

function told({ events }: Case, outcome: Outcome): string {
  if ('error' in outcome) return `fails: ${outcome.error}`
  if ('figures' in outcome) {
    const told = Object.entries(outcome.figures).map(([figure, value]) => {
      const { title, text } = figureColumns[figure as FigureName]
      return `${text(value)} ${title}`
    })
    return told.join(', ')
  }
  const each = (ms: number): string => number((ms * 1000) / Math.min(events, outcome.events))
  const lost = outcome.lost ? `, ${outcome.lost} lost` : ''
  return `${each(outcome.wallMs)} µs an event, CPU ${each(outcome.cpuMs)}${lost}`
}

function minutes(ms: number): string {
  const seconds = Math.round(ms / 1000)
  return seconds < 90 ? `${seconds} s` : `${Math.round(seconds / 60)} min`
}
