/** A table as the formatter would have it: columns as wide as their widest cell. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((_, column) =>
    Math.max(...[head, ...rows].map((cells) => cells[column]?.length ?? 0)),
  )
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |\n`
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('')
}

/** The page with what `made` gives between each `<!-- name: argument -->` and `<!-- /name -->`; the argument may be missing. */
export function fillMarkers(page: string, name: string, made: (argument: string) => string): string {
  const marked = new RegExp(`(<!-- ${name}(?:: ([^>]*))? -->\n).*?(<!-- /${name} -->)`, 'gs')
  return page.replace(
    marked,
    (_, begin: string, argument: string | undefined, end: string) =>
      `${begin}\n${made(argument ?? '')}\n${end}`,
  )
}
