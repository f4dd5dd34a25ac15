import { safeText } from '../terminal/safe-text.ts'

/** What spreadsheets treat as the beginning of a formula, https://owasp.org/www-community/attacks/CSV_Injection. */
const formula = /^[=+\-@\t\r\n＝＋－＠]/

/**
 * One record of RFC 4180, CR LF included. A text that a spreadsheet would run as a formula gets an apostrophe in front; control
 * characters are made visible, so that every record is one line.
 */
export function csvRecord(cells: readonly (string | number | undefined)[]): string {
  return `${cells.map(csvCell).join(',')}\r\n`
}

function csvCell(cell: string | number | undefined): string {
  if (typeof cell !== 'string') return cell === undefined ? '' : String(cell)
  const text = safeText(formula.test(cell) ? `'${cell}` : cell)
  return /[",\r\n]/.test(text) || text !== text.trim() ? `"${text.replaceAll('"', '""')}"` : text
}
