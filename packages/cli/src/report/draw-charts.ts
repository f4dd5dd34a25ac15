import type { Chart } from './chart.ts'

// The parts of a browser and of Chart.js that the function below uses. Their own types would bring the whole DOM into the command.

interface BrowserElement {
  readonly textContent: string
  readonly classList: { toggle(name: string, on: boolean): void }
}

interface Browser {
  readonly document: {
    readonly documentElement: BrowserElement
    getElementById(id: string): BrowserElement
  }
  readonly Chart: new (canvas: BrowserElement, configuration: object) => { destroy(): void }
  getComputedStyle(element: BrowserElement): { getPropertyValue(name: string): string }
  matchMedia(query: string): { addEventListener(type: 'change', listener: () => void): void }
  addEventListener(type: string, listener: () => void): void
}

/**
 * Runs in the browser. Its source text is put into the page, so it must use nothing from outside itself, and stays one function. Draws
 * the charts in the colours of the style sheet, again when the scheme changes, and in the light scheme for the printer.
 */
export function drawCharts(): void {
  const browser = globalThis as unknown as Browser
  const { document } = browser
  const root = document.documentElement
  const charts = JSON.parse(document.getElementById('charts').textContent) as Chart[]
  let drawn: { destroy(): void }[] = []

  const configuration = ({ labels, series, horizontal }: Chart): object => {
    const style = browser.getComputedStyle(root)
    const color = (name: string): string => style.getPropertyValue(`--${name}`).trim()
    const font = { family: style.getPropertyValue('font-family'), size: 12 }
    const ticks = { color: color('muted'), font, maxRotation: 0, autoSkipPadding: 12 }
    const counts = {
      stacked: true,
      beginAtZero: true,
      ticks: { ...ticks, precision: 0 },
      grid: { color: color('line') },
      border: { display: false },
    }
    const names = {
      stacked: true,
      ticks: { ...ticks, autoSkip: !horizontal, color: color(horizontal ? 'text' : 'muted') },
      grid: { display: false },
      border: { color: color('line') },
    }
    return {
      type: 'bar',
      data: {
        labels,
        datasets: series.map(({ name, color: variable, values }) => ({
          label: name,
          data: values,
          backgroundColor: color(variable),
          borderWidth: 0,
          maxBarThickness: horizontal ? 18 : 48,
          categoryPercentage: 0.86,
          barPercentage: 0.96,
        })),
      },
      options: {
        animation: false,
        responsive: true,
        maintainAspectRatio: false,
        indexAxis: horizontal ? 'y' : 'x',
        interaction: { mode: 'index', axis: horizontal ? 'y' : 'x', intersect: false },
        scales: horizontal ? { x: counts, y: names } : { x: names, y: counts },
        plugins: {
          legend: {
            display: series.length > 1,
            position: 'bottom',
            align: 'start',
            labels: { color: color('text'), font, boxWidth: 12, boxHeight: 12, padding: 14 },
          },
          tooltip: {
            backgroundColor: color('text'),
            titleColor: color('panel'),
            bodyColor: color('panel'),
            filter: (item: { raw: number }) => item.raw > 0,
          },
        },
      },
    }
  }

  const draw = (): void => {
    for (const chart of drawn) chart.destroy()
    drawn = charts.map((chart) => new browser.Chart(document.getElementById(chart.id), configuration(chart)))
  }
  const forPrinter = (on: boolean): void => {
    root.classList.toggle('printing', on)
    draw()
  }

  draw()
  browser.matchMedia('(prefers-color-scheme: dark)').addEventListener('change', draw)
  browser.addEventListener('beforeprint', () => forPrinter(true))
  browser.addEventListener('afterprint', () => forPrinter(false))
}
