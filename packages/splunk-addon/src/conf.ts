/** A .conf file of Splunk's: settings by stanza, in order. A value continues on the next line after a backslash. */
export type Conf = ReadonlyMap<string, ReadonlyMap<string, string>>

/**
 * Reads the text of a .conf file. Stricter than Splunk, which silently misreads errors: throws a SyntaxError for a
 * stanza or a setting given twice, a setting before any stanza, and any other line.
 */
export function parseConf(text: string): Conf {
  const stanzas = new Map<string, Map<string, string>>()
  let stanza: Map<string, string> | undefined
  const lines = text.split('\n')
  for (let at = 0; at < lines.length; at += 1) {
    const where = `line ${at + 1}`
    let line = lines[at] as string
    if (line.trim() === '' || line.startsWith('#')) continue
    while (line.endsWith('\\')) line = `${line.slice(0, -1)}\n${lines[++at] ?? ''}`
    const header = /^\[(.+)\]\s*$/.exec(line)?.[1]
    if (header !== undefined) {
      if (stanzas.has(header)) throw new SyntaxError(`${where}: [${header}] occurs twice`)
      stanza = new Map()
      stanzas.set(header, stanza)
      continue
    }
    const [, name, value] = /^([^\s=][^=]*?)\s*=\s*([\s\S]*?)\s*$/.exec(line) ?? []
    if (name === undefined || value === undefined)
      throw new SyntaxError(`${where} is not a setting: ${JSON.stringify(line)}`)
    if (!stanza) throw new SyntaxError(`${where}: ${name} comes before any stanza`)
    if (stanza.has(name)) throw new SyntaxError(`${where}: ${name} occurs twice`)
    stanza.set(name, value)
  }
  return stanzas
}
