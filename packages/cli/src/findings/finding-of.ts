import { createHash } from 'node:crypto'
import type { Hit } from '@asana-audit/detections'
import { millisAt } from '@asana-audit/schema/lossless'
import type { Finding } from '../progress/finding.ts'

export function findingOf({ rule, event, correlated }: Hit): Finding {
  const { id, title, level } = rule
  const gids = correlated?.gids ?? [event.gid]
  const [actor, from] = [who(event.actor), event.context?.client_ip_address]
  const group = Object.entries(correlated?.group ?? {}).map(([name, value]) => `${name} ${value}`)
  const about = [`by ${actor}`, ...(from ? [`from ${from}`] : []), ...group].join(', ')
  const events =
    gids.length === 1 ? `Event ${event.gid}` : `${correlated?.count} events, the last ${event.gid}`
  return {
    id: idOf(id, event.gid, correlated?.group),
    rule: { id, title, level },
    at: millisAt(event.created_at),
    message: `${title} (${level}): ${about}, at ${event.created_at}. ${events}.`,
    gids,
  }
}

function idOf(rule: string, gid: string, group: Readonly<Record<string, string>> = {}): string {
  const content = JSON.stringify([rule, gid, Object.entries(group)])
  return createHash('sha256').update(content).digest('hex').slice(0, 32)
}

function who({ email, name, gid, actor_type: type }: Hit['event']['actor']): string {
  return email ?? name ?? gid ?? type ?? 'an unknown actor'
}
