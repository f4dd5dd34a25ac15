/** `{ 'a.b': 1, 'a.c': 2 }` as `{ a: { b: 1, c: 2 } }`. For names of our own, none of which is the beginning of another. */
export function nested(flat: { readonly [name: string]: unknown }): Record<string, unknown> {
  const root: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(flat)) {
    const keys = name.split('.')
    const last = keys.pop() ?? ''
    let part = root
    for (const key of keys) {
      part[key] ??= {}
      part = part[key] as Record<string, unknown>
    }
    part[last] = value
  }
  return root
}
