import { type Fault, fault, type HttpClient } from '@asana-audit/core'
import { readCredentialsJson } from './credentials-answer.ts'
import type { TemporaryAccess } from './renewed-access.ts'

const limits = { deadlineMs: 5_000, maxBytes: 1_000_000 }

/** The key of the role of a container (ECS, EKS Pod Identity). `authorization` is asked before each request. */
export async function containerAccess(
  url: URL,
  authorization: (() => string | Promise<string>) | undefined,
  http: HttpClient,
): Promise<TemporaryAccess> {
  const headers: Record<string, string> = authorization ? { authorization: await authorization() } : {}
  const { status, body } = await http.exchange({ ...limits, method: 'GET', url, headers })
  return keyIn(status, body.toString('utf8'), url)
}

/** The key of the role of a machine (EC2), by the second version of its metadata service. */
export async function instanceAccess(endpoint: URL, http: HttpClient): Promise<TemporaryAccess> {
  const at = (path: string): URL => new URL(`latest/${path}`, endpoint)
  const token = await http.exchange({
    ...{ ...limits, method: 'PUT', url: at('api/token') },
    headers: { 'x-aws-ec2-metadata-token-ttl-seconds': '600' },
  })
  if (token.status !== 200) throw noKey(token.status, endpoint)
  const headers = { 'x-aws-ec2-metadata-token': token.body.toString('utf8') }
  const roles = at('meta-data/iam/security-credentials/')
  const { status, body } = await http.exchange({ ...limits, method: 'GET', url: roles, headers })
  const [role] = status === 200 ? body.toString('utf8').trim().split('\n') : []
  if (!role) throw noKey(status, endpoint)
  const url = new URL(encodeURIComponent(role), roles)
  const answer = await http.exchange({ ...limits, method: 'GET', url, headers })
  return keyIn(answer.status, answer.body.toString('utf8'), endpoint)
}

function keyIn(status: number, text: string, url: URL): TemporaryAccess {
  const found = status === 200 ? readCredentialsJson(text) : undefined
  if (!found) throw noKey(status, url)
  return found
}

function noKey(status: number, { origin }: URL): Fault {
  const message = `${origin} gave no key (${status}). Give this machine or container a role that may write to the bucket, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.`
  const kind = status >= 500 || status === 429 ? 'temporary' : 'fatal'
  return fault({ fault: kind, code: 'access_unavailable', message })
}
