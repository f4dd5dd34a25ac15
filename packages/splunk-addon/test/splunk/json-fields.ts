/**
 * What Splunk's KV_MODE = json and spath make of a JSON text: dotted names, `{}` for a list, null as the word. Text is
 * UTF-8, which has no halves of surrogate pairs. Undefined for a text that is no JSON.
 */
export function jsonFields(text: string): Map<string, string[]> | undefined {
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch {
    return undefined
  }
  const fields = new Map<string, string[]>()
  function add(name: string, value: unknown): void {
    if (Array.isArray(value)) for (const item of value) add(`${name}{}`, item)
    else if (typeof value === 'object' && value !== null) {
      for (const [key, member] of Object.entries(value)) add(name === '' ? key : `${name}.${key}`, member)
    } else if (name !== '') fields.set(name, [...(fields.get(name) ?? []), String(value).toWellFormed()])
  }
  add('', parsed)
  return fields
}
