/** One statistic of stats and its like. */
export interface Statistic {
  readonly name: string
  readonly function: string
  /** A field, or an expression where `isEval`. */
  readonly of: string | undefined
  readonly isEval: boolean
}

export interface Statistics {
  readonly options: ReadonlyMap<string, string>
  readonly statistics: readonly Statistic[]
  readonly by: readonly string[]
}

const option = /\b(current|window|time_window|global|limit|span)=(\S+)/g

/** Reads `dc(src) as addresses count by user`, with the options of the command before it. */
export function parseStatistics(text: string): Statistics {
  const [, functions = '', groups = ''] = /^([\s\S]*?)(?:\s+by\s+([\s\S]+))?$/.exec(text) ?? []
  const options = new Map(
    [...text.matchAll(option)].map(([, name, value]) => [name as string, value as string]),
  )
  const statistics: Statistic[] = []
  let rest = functions.replaceAll(option, '').trim()
  while (rest !== '') {
    const [, name = '', inner, alias, after = ''] =
      /^(\w+)(?:\(((?:[^()]|\([^()]*(?:\([^()]*\)[^()]*)*\))*)\))?(?:\s+as\s+(\w+))?([\s\S]*)$/.exec(rest) ??
      []
    if (name === '' || (inner === undefined && name !== 'count'))
      throw new SyntaxError(`no statistic: ${rest}`)
    const expression = /^eval\(([\s\S]+)\)$/.exec(inner ?? '')?.[1]
    statistics.push({
      name: alias ?? (inner === undefined ? name : `${name}(${inner})`),
      function: name,
      of: expression ?? inner?.trim(),
      isEval: expression !== undefined,
    })
    rest = after.trim()
  }
  return {
    options,
    statistics,
    by: groups.split(/[\s,]+/).filter((word) => word !== '' && !word.includes('=')),
  }
}
