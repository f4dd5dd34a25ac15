/** Rows of a CSV text by column. Throws a SyntaxError where a row has more or fewer cells than there are columns. */
export function parseCsv(text: string): Record<string, string>[] {
  const [columns = [], ...rows] = text
    .split('\n')
    .filter((line) => line !== '')
    .map(cellsOf)
  return rows.map((cells) => {
    if (cells.length !== columns.length)
      throw new SyntaxError(`not as many cells as columns: ${cells.join()}`)
    return Object.fromEntries(columns.map((column, at) => [column, cells[at] as string]))
  })
}

function cellsOf(line: string): string[] {
  return [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,"]*))/g)].map(
    ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? '',
  )
}
