import { parser } from '@grafana/lezer-logql'

/** The nodes of a query by name; those Grafana's grammar cannot make sense of are called `⚠`. */
function nodesOf(query: string): [name: string, text: string][] {
  const nodes: [string, string][] = []
  parser
    .parse(query)
    .iterate({ enter: ({ name, from, to }) => void nodes.push([name, query.slice(from, to)]) })
  return nodes
}

export function errorsIn(query: string): string[] {
  return nodesOf(query).flatMap(([name, text]) => (name === '⚠' ? [text] : []))
}

/** Labels a query asks for: by name, in a template, in a legend. Without those it makes itself. */
export function namesIn(query: string, legend: string): string[] {
  const made = [...query.matchAll(/label_format (\w+)=/g)].map(([, name]) => name)
  const identifiers = nodesOf(query).flatMap(([name, text]) => (name === 'Identifier' ? [text] : []))
  const inTemplates = [...query.matchAll(/\{\{(.*?)\}\}/g)].flatMap(([, code = '']) =>
    [...code.matchAll(/\.([a-z]\w*)/g)].map(([, name]) => name as string),
  )
  const inLegend = [...legend.matchAll(/\{\{(\w+)\}\}/g)].map(([, name]) => name as string)
  return [...identifiers, ...inTemplates, ...inLegend].filter((name) => !made.includes(name))
}

const comparisons: { readonly [operator: string]: (value: string, given: string) => boolean } = {
  '=': (value, given) => value === given,
  '!=': (value, given) => value !== given,
  '=~': (value, given) => new RegExp(`^(?:${given})$`, 's').test(value),
  '!~': (value, given) => !new RegExp(`^(?:${given})$`, 's').test(value),
}

/** Whether labels fit the filters of a query. A label that is not there is the empty text. */
export function filtersOf(query: string): (labels: ReadonlyMap<string, string>) => boolean {
  const filters = [...query.matchAll(/\| (\w+)(=~|!~|!=|=)(?:"([^"]*)"|`([^`]*)`)/g)]
  return (labels) =>
    filters.every(([, name = '', operator = '', quoted, raw]) =>
      comparisons[operator]?.(labels.get(name) ?? '', quoted ?? raw ?? ''),
    )
}
