type Color = readonly [red: number, green: number, blue: number]

/** The colours from few events to many, for each scheme. */
const ramps: Readonly<Record<'light' | 'dark', readonly Color[]>> = {
  light: [
    [232, 240, 249],
    [147, 192, 226],
    [50, 115, 171],
    [12, 60, 106],
  ],
  dark: [
    [31, 51, 72],
    [40, 87, 130],
    [79, 143, 199],
    [190, 222, 252],
  ],
}
/** One of these two has a contrast of at least 4.5 on any colour. */
const inks: readonly Color[] = [
  [0, 0, 0],
  [255, 255, 255],
]

/** The most gaps between the counts of a week's hours. The ramps have enough different colours for all of them. */
const mostGaps = 7 * 24 - 1

export interface HeatColors {
  /** Rules for the style sheet: a class for each count that occurs, in the light and in the dark scheme. */
  readonly style: string
  /** The class of a cell. `counts` must have held the count. */
  classOf(count: number): string
}

/**
 * Colours for a heat map, from the smallest count above zero to the greatest, so that similar counts still look different. Different
 * counts never share a colour, because at least half of the position on the ramp is the rank. The text has the ink with the better
 * contrast.
 */
export function heatColors(counts: readonly number[]): HeatColors {
  const distinct = [...new Set(counts)].filter((count) => count > 0).sort((a, b) => a - b)
  const positions = rampPositions(distinct)
  const rules = (scheme: 'light' | 'dark'): string =>
    distinct.map((count, index) => rule(count, colorAt(ramps[scheme], positions[index] as number))).join(' ')
  return {
    style: `${rules('light')}
@media (prefers-color-scheme: dark) { ${rules('dark').replaceAll(/(^|} )\./g, '$1:root:not(.printing) .')} }`,
    classOf: (count) => `h${count}`,
  }
}

/** Positions on the ramp: between 0 and 1, ascending, all different. A single count is in the middle. */
function rampPositions(distinct: readonly number[]): number[] {
  const [least, most] = [distinct[0], distinct.at(-1)]
  if (least === undefined || most === undefined) return []
  if (least === most) return [0.5]
  // The square root, so that one busy hour does not make all others look the same.
  const scaled = (count: number) =>
    (Math.sqrt(count) - Math.sqrt(least)) / (Math.sqrt(most) - Math.sqrt(least))
  const gaps = distinct.length - 1
  const byRank = Math.max(0.5, gaps / mostGaps)
  return distinct.map((count, index) => (1 - byRank) * scaled(count) + byRank * (index / gaps))
}

function colorAt(ramp: readonly Color[], position: number): Color {
  const step = Math.min(Math.floor(position * (ramp.length - 1)), ramp.length - 2)
  const share = position * (ramp.length - 1) - step
  const [from, to] = [ramp[step] as Color, ramp[step + 1] as Color]
  const mixed = (index: 0 | 1 | 2) => Math.round(from[index] + (to[index] - from[index]) * share)
  return [mixed(0), mixed(1), mixed(2)]
}

function rule(count: number, color: Color): string {
  const [first, second] = inks as [Color, Color]
  const ink = contrast(first, color) >= contrast(second, color) ? first : second
  return `.heat .h${count} { background: ${hex(color)}; color: ${hex(ink)}; }`
}

function hex(color: Color): string {
  return `#${color.map((part) => part.toString(16).padStart(2, '0')).join('')}`
}

/** https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio */
function contrast(one: Color, other: Color): number {
  const [darker, lighter] = [luminance(one), luminance(other)].sort((a, b) => a - b) as [number, number]
  return (lighter + 0.05) / (darker + 0.05)
}

/** https://www.w3.org/TR/WCAG22/#dfn-relative-luminance */
function luminance(color: Color): number {
  const [red, green, blue] = color.map((part) => {
    const value = part / 255
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
  }) as [number, number, number]
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}
