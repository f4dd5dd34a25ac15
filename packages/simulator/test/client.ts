import type { AuditLogEvent } from '@asana-audit/schema'
import type { Simulator } from '../src/index.ts'

export interface Reply {
  status: number
  headers: Headers
  data: AuditLogEvent[]
  next: { offset: string; path: string; uri: string } | null
  errors: { message: string; phrase?: string }[] | undefined
}

type Parameters = Record<string, string | number>

/** One request with a good token. Rejects if `fetch` does, and if the body is not JSON. */
export async function ask(simulator: Simulator, parameters: Parameters = {}): Promise<Reply> {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(parameters)) query.set(name, String(value))
  const url = `${simulator.url}/workspaces/${simulator.workspace}/audit_log_events?${query}`
  const response = await fetch(url, { headers: { authorization: 'Bearer simulator-token' } })
  const body = await bodyOf(response)
  const { status, headers } = response
  return { status, headers, data: body.data, next: body.next_page, errors: body.errors }
}

interface Body {
  data: AuditLogEvent[]
  next_page: Reply['next']
  errors: Reply['errors']
}

export async function bodyOf(response: Response): Promise<Body> {
  return (await response.json()) as Body
}

/** Follows offsets to the first empty page, and repeats a failed request at most ten times in a row. */
export async function readAll(
  simulator: Simulator,
  parameters: Parameters = {},
): Promise<{ events: AuditLogEvent[]; offset: string | undefined }> {
  const events: AuditLogEvent[] = []
  let offset: string | undefined
  let failures = 0
  while (failures < 10) {
    const reply = await ask(simulator, offset === undefined ? parameters : { ...parameters, offset }).catch(
      () => undefined,
    )
    if (reply?.status !== 200 || !reply.data) {
      failures++
      continue
    }
    failures = 0
    offset = reply.next?.offset ?? offset
    if (reply.data.length === 0) return { events, offset }
    events.push(...reply.data)
  }
  throw new Error('Ten failures in a row.')
}

/** An event with only the fields that a test needs. */
export function eventAt(createdAt: string, gid: string): AuditLogEvent {
  return { gid, created_at: createdAt, event_type: 'task_deleted', actor: { actor_type: 'asana' } }
}

export function gids(events: readonly AuditLogEvent[]): string[] {
  return events.map((event) => event.gid)
}
