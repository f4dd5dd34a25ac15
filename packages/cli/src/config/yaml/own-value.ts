/** The value under a name that somebody wrote: a name such as `constructor` finds what was put there, and nothing else. */
export function ownValue<T>(values: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(values, name) ? values[name] : undefined
}
