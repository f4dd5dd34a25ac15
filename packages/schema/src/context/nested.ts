/**
 * `{ 'a.b': 1, 'a.c': 2 }` as `{ a: { b: 1, c: 2 } }`. Only for our own names: no name may be the beginning of
 * another.
 */
export function nested(flat: { readonly [name: string]: unknown }): Record<string, unknown> {
  const root: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(flat)) {
    const keys = name.split('.')
    let part = root
    for (const key of keys.slice(0, -1)) {
      part[key] ??= {}
      part = part[key] as Record<string, unknown>
    }
    part[keys.at(-1)!] = value
  }
  return root
}
