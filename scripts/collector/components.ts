import { execFileSync } from 'node:child_process'

/** The names of the components in a collector, such as `otlp` and `file_storage`. */
export function componentsOf(collector: string): ReadonlySet<string> {
  const listed = execFileSync(collector, ['components'], { encoding: 'utf8' })
  return new Set([...listed.matchAll(/^ *- name: (\S+)$/gm)].map(([, name]) => name as string))
}
