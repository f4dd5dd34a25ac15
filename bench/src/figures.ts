import { number } from './report/number.ts'

interface FigureColumn {
  readonly title: string
  readonly text: (value: number) => string
}

const megabytes = (value: number): string => Math.round(value).toString()

/** The figures of a program as a whole, each with its column in the tables. */
export const figureColumns = {
  ms: { title: 'ms', text: number },
  residentMb: { title: 'resident MB', text: megabytes },
  ownMb: { title: 'of it its own', text: megabytes },
  pollCpuMs: { title: 'CPU ms a poll', text: number },
  requestsPerHour: { title: 'requests an hour', text: number },
  writesPerMinute: { title: 'writes of the state a minute', text: number },
  medianDelay: { title: 'median s', text: number },
  highDelay: { title: '99th percentile s', text: number },
  mostDelay: { title: 'most s', text: number },
  requestsPerSecond: { title: 'requests a second', text: number },
  requests: { title: 'requests', text: number },
  requestsPerPage: { title: 'requests a full page', text: number },
  budgetShare: { title: '% of the default budget turned into pages', text: number },
  packedMb: { title: 'packed MB', text: number },
  installedMb: { title: 'installed MB', text: number },
  packages: { title: 'packages', text: megabytes },
} as const satisfies Readonly<Record<string, FigureColumn>>

export type FigureName = keyof typeof figureColumns
export type Figures = Readonly<Partial<Record<FigureName, number>>>

/** The events of a full page, and the requests a minute that the command makes by default. */
const pageEvents = 1000
const defaultBudget = 1200
const minuteMs = 60_000

/** The figures that follow from the requests that Asana counted while `events` were read. */
export function requestFigures(
  { requests, spanMs }: { readonly requests: number; readonly spanMs: number },
  events: number,
): Pick<Required<Figures>, 'requests' | 'requestsPerPage' | 'budgetShare'> {
  const pages = events / pageEvents
  return {
    requests,
    requestsPerPage: requests / pages,
    budgetShare: (pages / ((spanMs / minuteMs) * defaultBudget)) * 100,
  }
}
