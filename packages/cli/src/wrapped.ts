import { columnsOf } from './columns-of.ts'

/**
 * A sentence broken between words for a terminal, its further lines indented; without a width, in a pipe, one line. A word that is
 * wider than the terminal stays whole, so that addresses and paths can be copied, and so does a line that fits.
 */
export function wrapped(text: string, indent: number, width: number | undefined): string {
  if (width === undefined) return text
  return text
    .split('\n')
    .map((line) => (columnsOf(line) <= width ? line : broken(line, indent, width)))
    .join('\n')
}

function broken(text: string, indent: number, width: number): string {
  const margin = ' '.repeat(indent)
  const lines: string[] = []
  let line = ''
  for (const word of text.split(/(?<=\S) /)) {
    const longer = line === '' ? word : `${line} ${word}`
    if (line === '' || columnsOf(longer) <= width) line = longer
    else {
      lines.push(line)
      line = margin + word.trimStart()
    }
  }
  return [...lines, line].join('\n')
}
