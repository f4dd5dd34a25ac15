/** A field in an eval expression, where a bare name with a dot would be two. */
export function field(name: string): string {
  return /^\w+$/.test(name) ? name : `'${name}'`
}

export function text(value: string): string {
  return JSON.stringify(value)
}

/** The value of the expression, if it says something. Asana's nulls come as the word, and some texts are empty. */
export function said(expression: string): string {
  return `nullif(nullif(${expression}, ""), "null")`
}

/** The first of the fields that says something. */
export function firstOf(...names: readonly string[]): string {
  const [only, ...others] = names.map((name) => said(field(name)))
  return others.length === 0 ? `${only}` : `coalesce(${[only, ...others].join(', ')})`
}

/** What the Common Information Model has for a field that must be there. */
export function orUnknown(expression: string): string {
  return `coalesce(${expression}, "unknown")`
}

export function oneOf(name: string, values: readonly string[]): string {
  return `in(${[field(name), ...values.map(text)].join(', ')})`
}
