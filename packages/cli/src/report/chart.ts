/** One chart of the page, as data. `drawCharts` draws it with Chart.js. Colours are names of the style sheet's variables. */
export interface Chart {
  readonly id: string
  readonly labels: readonly string[]
  readonly series: readonly Series[]
  /** Horizontal bars, for long labels. */
  readonly horizontal?: boolean
}

export interface Series {
  readonly name: string
  readonly color: string
  readonly values: readonly number[]
}
