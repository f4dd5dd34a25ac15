/** A field in an eval expression, in quotes: a bare name with a dot would be read as two names. */
export function field(name: string): string {
  return /^\w+$/.test(name) ? name : `'${name}'`
}

export function text(value: string): string {
  return JSON.stringify(value)
}

/**
 * The value of the expression, or null if it is empty. Asana's nulls arrive as the word "null", and some texts are
 * empty.
 */
export function said(expression: string): string {
  return `nullif(nullif(${expression}, ""), "null")`
}

/** The first of the fields that is not empty. */
export function firstOf(...names: readonly string[]): string {
  const [only, ...others] = names.map((name) => said(field(name)))
  return others.length === 0 ? `${only}` : `coalesce(${[only, ...others].join(', ')})`
}

/** The expression, or `unknown`, the Common Information Model's value for a missing required field. */
export function orUnknown(expression: string): string {
  return `coalesce(${expression}, "unknown")`
}

export function oneOf(name: string, values: readonly string[]): string {
  return `in(${[field(name), ...values.map(text)].join(', ')})`
}
