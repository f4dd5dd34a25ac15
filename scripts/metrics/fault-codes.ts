/** A row of a table of codes: its codes, the kind of fault, and the rest. */
const row = /^\| ((?:`[a-z_]+`(?:, )?)+) *\| (temporary|rejected|fatal|quarantine) *\|(.*)$/

/** The parts of core's page of codes, by how their headings begin. */
const partsOfCore = {
  source: 'From the source and',
  http: 'From `httpClient`',
  deliver: 'From `deliver`',
  state: 'From the state',
}

interface Codes {
  readonly retried: string[]
  readonly quarantined: string[]
}

/** The text of packages/metrics/src/fault-codes.ts. `page` returns the page of a package with its codes. */
export function faultCodesModule(page: (packageName: string) => string): string {
  const core = page('core')
  const parts = Object.entries(partsOfCore).map(([name, opening]): [string, Codes] => {
    const section = core.split(`\n## ${opening}`)[1]?.split('\n## ')[0]
    if (section === undefined) throw new Error(`The page of core's codes has none after "${opening}".`)
    return [name, codesIn(section)]
  })
  const sinks = ['otlp', 'splunk-hec', 'panther-http', 'archive', 'jsonl'].map((name): [string, Codes] => [
    name,
    codesIn(page(name)),
  ])
  const all = [...parts, ...sinks].map(([name, codes]) => {
    if (codes.retried.length + codes.quarantined.length === 0) throw new Error(`${name} has no codes.`)
    const key = name.includes('-') ? `'${name}'` : name
    return `  ${key}: {\n${listed('retried', codes.retried)}${listed('quarantined', codes.quarantined)}  },\n`
  })
  return `// Made by \`pnpm generate:metrics\` from the tables of codes in the pages of packages: do not edit.

/** The codes of faults after which an attempt is made again, and those that an event in the quarantine can have. */
export const faultCodes = {
${all.join('')}} as const
`
}

function codesIn(text: string): Codes {
  const retried = new Set<string>()
  const quarantined = new Set<string>()
  for (const line of text.split('\n')) {
    const [, codes, kind, rest] = row.exec(line) ?? []
    if (codes === undefined || rest === undefined) continue
    for (const [, code] of codes.matchAll(/`([a-z_]+)`/g)) {
      if (kind === 'temporary') retried.add(code!)
      // A temporary fault that a single record causes puts that record into the quarantine.
      if (kind === 'rejected' || kind === 'quarantine' || /is suspected/.test(rest)) quarantined.add(code!)
    }
  }
  return { retried: [...retried].toSorted(), quarantined: [...quarantined].toSorted() }
}

/** As the formatter writes it. */
function listed(name: string, codes: readonly string[]): string {
  const quoted = codes.map((code) => `'${code}'`)
  const line = `    ${name}: [${quoted.join(', ')}],\n`
  if (line.length <= 111) return line
  return `    ${name}: [\n${quoted.map((code) => `      ${code},\n`).join('')}    ],\n`
}
