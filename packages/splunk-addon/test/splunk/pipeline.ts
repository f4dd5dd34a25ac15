/** A command of a search, with its name apart. The first of a search has none unless it begins with a pipe: `search`. */
export interface Command {
  readonly name: string
  readonly text: string
}

/** Puts the definitions of macros in their places, also of those within them. */
export function expandMacros(
  search: string,
  macros: ReadonlyMap<string, ReadonlyMap<string, string>>,
): string {
  return search.replaceAll(/`(\w+)(?:\(([^`]*)\))?`/g, (_, name: string, given?: string) => {
    const values =
      given === undefined ? [] : split(given, ',').map((one) => one.trim().replaceAll(/^"|"$/g, ''))
    const macro = macros.get(values.length > 0 ? `${name}(${values.length})` : name)
    const definition = macro?.get('definition')
    if (definition === undefined)
      throw new SyntaxError(`there is no macro ${name} with ${values.length} arguments`)
    const args = split(macro?.get('args') ?? '', ',').map((one) => one.trim())
    const filled = args.reduce(
      (text, arg, at) => (arg ? text.replaceAll(`$${arg}$`, values[at] ?? '') : text),
      definition,
    )
    return expandMacros(filled, macros)
  })
}

/** The commands of a search whose macros are expanded. */
export function commandsOf(search: string): Command[] {
  const [first = '', ...rest] = split(search.trim(), '|').map((part) => part.trim())
  const commands = rest.map((part) => {
    const name = /^\w+/.exec(part)?.[0]
    if (!name) throw new SyntaxError(`no command: ${part}`)
    return { name, text: part.slice(name.length).trim() }
  })
  return first === '' ? commands : [{ name: 'search', text: first.replace(/^search\s/, '') }, ...commands]
}

/** Cuts at a character that is in no quotes and no brackets. */
export function split(text: string, at: string): string[] {
  const parts: string[] = ['']
  let depth = 0
  let quote = ''
  for (let place = 0; place < text.length; place += 1) {
    const one = text[place] as string
    if (quote !== '') {
      if (one === '\\') parts.push(`${parts.pop()}${text[place++]}`)
      else if (one === quote) quote = ''
    } else if (one === '"') quote = one
    else if ('([{'.includes(one)) depth += 1
    else if (')]}'.includes(one)) depth -= 1
    if (one === at && depth === 0 && quote === '') parts.push('')
    else parts.push(`${parts.pop()}${text[place]}`)
  }
  if (depth !== 0 || quote !== '') throw new SyntaxError(`a bracket or a quote is left open: ${text}`)
  return parts
}
