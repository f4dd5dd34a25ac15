import { number, times } from './number.ts'

/** A measured figure and its goal. */
export interface Figure {
  readonly text: string
  readonly value: number | undefined
  readonly must: number
  readonly aim: number
  /** Default: more is better. */
  readonly lessIsBetter?: boolean
}

export interface Mark {
  readonly work: string
  readonly must: string
  readonly aim: string
  readonly measured: string
  /** Whether all its figures reach their goals; undefined if one was not measured. */
  readonly reached: 'aim' | 'must' | 'no' | undefined
}

export function mark(work: string, must: string, aim: string, figures: readonly Figure[]): Mark {
  const reaches = (goal: 'must' | 'aim'): boolean =>
    figures.every((figure) => {
      const { value = Number.NaN, lessIsBetter } = figure
      return lessIsBetter ? value <= figure[goal] : value >= figure[goal]
    })
  const isMeasured = figures.every(({ value }) => value !== undefined && !Number.isNaN(value))
  const reached = reaches('aim') ? 'aim' : reaches('must') ? 'must' : 'no'
  const measured = figures.map(({ text }) => text).join('; ')
  return { work, must, aim, measured, reached: isMeasured ? reached : undefined }
}

export function ratio(value: number, must: number, aim: number): Figure {
  return { text: times(value), value, must, aim }
}

export function percent(value: number, must: number, aim: number): Figure {
  return { text: Number.isNaN(value) ? '–' : `${number(value)} %`, value, must, aim }
}

export function atMost(what: string, value: number | undefined, must: number, aim: number): Figure {
  const isCounted = value !== undefined && !Number.isNaN(value)
  const counted = Number.isInteger(value) ? value?.toLocaleString('en') : number(value ?? 0)
  return { text: isCounted ? `${counted} ${what}` : '–', value, must, aim, lessIsBetter: true }
}
