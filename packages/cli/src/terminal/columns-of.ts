import stringWidth from 'string-width'

const plain = /^[ -~]*$/

/** Columns of a terminal: ideographs and emoji take two, combining marks none. */
export function columnsOf(text: string): number {
  return plain.test(text) ? text.length : stringWidth(text)
}

const graphemes = new Intl.Segmenter()

/** At most `width` columns, with an ellipsis if something was cut. */
export function cutTo(text: string, width: number): string {
  if (columnsOf(text) <= width) return text
  if (plain.test(text)) return `${text.slice(0, width - 1)}…`
  let [cut, used] = ['', 0]
  for (const { segment } of graphemes.segment(text)) {
    used += columnsOf(segment)
    if (used > width - 1) break
    cut += segment
  }
  return `${cut}…`
}
