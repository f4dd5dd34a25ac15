import { createHash } from 'node:crypto'
import type { AuditLogEvent } from '@asana-audit/schema'
import type { FirstSeenRule, Rule } from '../rule.ts'
import { type Baseline, createBaseline, type NewValue } from './baseline.ts'

/** The baselines of all first-seen rules. */
export interface Baselines {
  /** `at`: milliseconds since 1970. */
  add(
    rule: FirstSeenRule,
    occurrence: { readonly event: AuditLogEvent; readonly at: number },
  ): NewValue | undefined
  forgotten(): number
  changes(): ReadonlyMap<string, string | undefined>
}

/** Takes up the texts of an earlier process. Those of a rule that is gone, or means another thing now, are to be forgotten. Throws a TypeError. */
export function openBaselines(rules: readonly Rule[], before: ReadonlyMap<string, string>): Baselines {
  const left = new Set(before.keys())
  const baselines = new Map<FirstSeenRule, { readonly name: string; readonly baseline: Baseline }>()
  for (const rule of rules) {
    if (rule.kind !== 'first_seen') continue
    const name = meaning(rule)
    const parts = [...before].flatMap(([part, text]) => {
      if (!part.startsWith(`${name}.`)) return []
      left.delete(part)
      return [[Number(part.slice(name.length + 1)), text] as const]
    })
    baselines.set(rule, { name, baseline: createBaseline(rule, new Map(parts)) })
  }
  return {
    add: (rule, { event, at }) => baselines.get(rule)?.baseline.add(event, at),
    forgotten: () => [...baselines.values()].reduce((sum, { baseline }) => sum + baseline.forgotten, 0),
    changes() {
      const found = new Map<string, string | undefined>([...left].map((name) => [name, undefined]))
      left.clear()
      for (const { name, baseline } of baselines.values())
        for (const [shard, text] of baseline.changes()) found.set(`${name}.${shard}`, text)
      return found
    },
  }
}

/** What decides the meaning of a baseline. How long it learns does not: what is known stays known. */
function meaning({ id, parts, groupBy, field, form }: FirstSeenRule): string {
  const content = JSON.stringify([id, parts.map((part) => part.id), groupBy, field, form])
  return createHash('sha256').update(content).digest('hex').slice(0, 16)
}
