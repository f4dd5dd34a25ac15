import { columnsOf, cutTo } from '../terminal/columns-of.ts'

export interface Column {
  readonly title: string
  /** Never cut. */
  readonly whole?: boolean
  readonly align?: 'right'
  /** Moves to a second line if the terminal would cut one of the other columns. */
  readonly below?: boolean
}

export interface TableOptions {
  readonly columns: readonly Column[]
  /** Columns of the terminal. Undefined for a pipe, where nothing is cut. */
  readonly width: number | undefined
  readonly write: (line: string) => void
}

export interface Table {
  row(cells: readonly string[]): void
  /** Call it once, after the last row. */
  end(): void
}

/** The first rows decide the widths of the columns. Later rows are cut to them, or are wider in a pipe. */
const sampleRows = 500
const gap = '  '
const narrowest = 8

/** Aligned columns, in memory for 500 rows. Cells must be safe for a terminal. */
export function table({ columns, width, write }: TableOptions): Table {
  let sample: (readonly string[])[] = []
  let lines: readonly Line[] | undefined

  function writeRow(cells: readonly string[], to: readonly Line[]): void {
    for (const { indexes, widths, indent } of to) {
      const padded = indexes.map((column, index) => {
        const [cell, wide] = [cells[column] ?? '', widths[index] ?? 0]
        return pad(width === undefined ? cell : cutTo(cell, wide), wide, columns[column]?.align)
      })
      write(`${' '.repeat(indent)}${padded.join(gap)}`.trimEnd())
    }
  }

  function layOut(): readonly Line[] {
    const titles = columns.map(({ title }) => title)
    const natural = columns.map((_, index) =>
      Math.max(...[titles, ...sample].map((cells) => columnsOf(cells[index] ?? ''))),
    )
    const laidOut = linesOf(natural, columns, width)
    for (const cells of [titles, ...sample]) writeRow(cells, laidOut)
    sample = []
    return laidOut
  }

  return {
    row(cells) {
      if (lines) writeRow(cells, lines)
      else {
        sample.push(cells)
        if (sample.length === sampleRows) lines = layOut()
      }
    },
    end() {
      lines ??= layOut()
    },
  }
}

/** One line of a row: the indexes of its columns, and their widths. */
interface Line {
  readonly indexes: readonly number[]
  readonly widths: readonly number[]
  readonly indent: number
}

/** One line for a row, or two. The second line is indented by the first column, so that rows stay easy to see. */
function linesOf(
  natural: readonly number[],
  columns: readonly Column[],
  width: number | undefined,
): readonly Line[] {
  const all = [...columns.keys()]
  if (width === undefined) return [{ indexes: all, widths: natural.map(withinReason), indent: 0 }]
  function line(indexes: readonly number[], indent: number, room: number): Line {
    const [needs, their] = [indexes.map((at) => natural[at] ?? 0), indexes.flatMap((at) => columns[at] ?? [])]
    return { indexes, widths: fit(needs, their, room - indent), indent }
  }
  const single = line(all, 0, width)
  const below = all.filter((at) => columns[at]?.below)
  const above = all.filter((at) => !columns[at]?.below)
  const cuts = above.some((at) => (single.widths[at] ?? 0) < (natural[at] ?? 0))
  if (below.length === 0 || !cuts) return [single]
  return [line(above, 0, width), line(below, (natural[0] ?? 0) + gap.length, width)]
}

/** The width of a column in a pipe: one long name makes its own row wider, and not all rows. */
function withinReason(natural: number): number {
  return Math.min(natural, 50)
}

/** Divides the width that is left by the columns that are never cut. Columns that need less than a fair share get what they need. */
function fit(natural: readonly number[], columns: readonly Column[], width: number): number[] {
  const widths = [...natural]
  let free = width - gap.length * (columns.length - 1)
  let open = columns.flatMap((column, index) => (column.whole ? [] : [index]))
  for (const [index, column] of columns.entries()) if (column.whole) free -= natural[index] ?? 0
  while (open.length > 0) {
    const share = Math.max(narrowest, Math.floor(free / open.length))
    const small = open.filter((index) => (natural[index] ?? 0) <= share)
    if (small.length === 0) {
      for (const index of open) widths[index] = share
      break
    }
    for (const index of small) free -= natural[index] ?? 0
    open = open.filter((index) => !small.includes(index))
  }
  return widths
}

function pad(text: string, width: number, align: 'right' | undefined): string {
  const room = ' '.repeat(Math.max(0, width - columnsOf(text)))
  return align === 'right' ? room + text : text + room
}
