/** A table as the formatter writes it: each column is as wide as its widest cell. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((_, column) =>
    Math.max(...[head, ...rows].map((cells) => cells[column]?.length ?? 0)),
  )
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |\n`
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('')
}

/** The page with the result of `made` between each `<!-- name: argument -->` and `<!-- /name -->`. The argument may be missing. */
export function fillMarkers(page: string, name: string, made: (argument: string) => string): string {
  const marked = new RegExp(`(<!-- ${name}(?:: ([^>]*))? -->\n).*?(<!-- /${name} -->)`, 'gs')
  return page.replace(
    marked,
    (_, begin: string, argument: string | undefined, end: string) =>
      `${begin}\n${made(argument ?? '')}\n${end}`,
  )
}
