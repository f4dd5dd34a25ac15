/** One chart of the page, as data: `drawCharts` makes it with Chart.js. Colours are names of the style sheet's variables. */
export interface Chart {
  readonly id: string
  readonly labels: readonly string[]
  readonly series: readonly Series[]
  /** Bars that lie, for long labels. */
  readonly lying?: boolean
}

export interface Series {
  readonly name: string
  readonly color: string
  readonly values: readonly number[]
}
