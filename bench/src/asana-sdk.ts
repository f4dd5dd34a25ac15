import type { AuditLogEvent } from '@asana-audit/schema'
import Asana from 'asana'
import type { Setup } from './variant.ts'

interface Collection {
  readonly data: AuditLogEvent[] | null
  nextPage(): Promise<Collection>
}

/** The audit log of the official SDK, set up as in its README. */
export function auditLogApi({ asanaUrl, token }: Setup): Asana.AuditLogAPIApi {
  const client = Asana.ApiClient.instance
  client.basePath = asanaUrl
  const { token: authentication } = client.authentications
  if (authentication) authentication.accessToken = token
  return new Asana.AuditLogAPIApi()
}

/** The pages of the official SDK, read as in its README. Every error ends the reading. */
export async function* asanaSdkPages(setup: Setup, workspace: string): AsyncGenerator<AuditLogEvent[]> {
  const api = auditLogApi(setup)
  const { limit } = setup
  const options = limit === undefined ? {} : { limit }
  let page = (await api.getAuditLogEvents(workspace, options)) as Collection
  while (page.data && page.data.length > 0) {
    yield page.data
    page = await page.nextPage()
  }
}
