import { columnsOf } from './columns-of.ts'
import { safeText } from './safe-text.ts'

/**
 * One line, safe for a terminal and broken between words to fit its width. The lines after the first are indented. Without a width,
 * in a pipe, it is not broken. A word that is wider than the terminal stays whole, so that addresses and paths can be copied. A line
 * feed in the text comes from data: it is made visible and does not start a line.
 */
export function wrapped(text: string, indent: number, width: number | undefined): string {
  const line = safeText(text)
  return width === undefined || columnsOf(line) <= width ? line : broken(line, indent, width)
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
