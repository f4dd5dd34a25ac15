import type { Kind, Panel } from './panel.ts'

export interface Position {
  readonly x: number
  readonly y: number
  readonly w: number
  readonly h: number
}

const heights: { readonly [K in Kind]: number } = {
  stat: 4,
  time: 8,
  top: 8,
  newest: 8,
  list: 9,
  delay: 8,
}

/** Lines of panels that are as wide as a dashboard at most, 24. */
export function lines(panels: readonly Panel[]): readonly (readonly Panel[])[] {
  const found: Panel[][] = []
  for (const panel of panels) {
    const line = found.at(-1)
    const taken = line?.reduce((sum, { width }) => sum + width, 0) ?? 24
    if (line && taken + panel.width <= 24) line.push(panel)
    else found.push([panel])
  }
  return found
}

/** The panels of a line are as high as its highest, and fill it. */
export function placed(panels: readonly Panel[], from: number): { places: [Panel, Position][]; end: number } {
  const places: [Panel, Position][] = []
  let y = from
  for (const line of lines(panels)) {
    const h = Math.max(...line.map(({ kind }) => heights[kind]))
    const spare = 24 - line.reduce((sum, { width }) => sum + width, 0)
    let x = 0
    for (const [at, panel] of line.entries()) {
      const w = panel.width + (at === line.length - 1 ? spare : 0)
      places.push([panel, { x, y, w, h }])
      x += w
    }
    y += h
  }
  return { places, end: y }
}
