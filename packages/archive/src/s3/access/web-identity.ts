import { type Fault, fault, type HttpClient } from '@asana-audit/core'
import { sanitizeServerText } from '@asana-audit/core/sink-kit'
import { readS3Error } from '../s3-fault.ts'
import { readCredentialsXml } from './credentials-answer.ts'
import type { TemporaryAccess } from './renewed-access.ts'

export interface WebIdentity {
  readonly roleArn: string
  readonly sessionName: string
  /** The address of STS. */
  readonly endpoint: URL
  /** The token that proves who asks, such as that of a service account of Kubernetes. */
  readonly token: () => string | Promise<string>
}

/** Changes a token of another identity for a key of a role, at the security token service (STS). */
export async function webIdentityAccess(
  { roleArn, sessionName, endpoint, token }: WebIdentity,
  http: HttpClient,
): Promise<TemporaryAccess> {
  const webToken = await token()
  const body = new URLSearchParams({
    ...{ Action: 'AssumeRoleWithWebIdentity', Version: '2011-06-15' },
    ...{ RoleArn: roleArn, RoleSessionName: sessionName, WebIdentityToken: webToken },
  })
  const { status, body: answer } = await http.exchange({
    ...{ method: 'POST', url: endpoint, deadlineMs: 20_000, maxBytes: 1_000_000 },
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: Buffer.from(body.toString()),
  })
  const text = answer.toString('utf8')
  const found = status === 200 ? readCredentialsXml(text) : undefined
  if (found) return found
  throw refusal(status, endpoint, roleArn, answer, webToken)
}

function refusal(status: number, endpoint: URL, roleArn: string, body: Uint8Array, token: string): Fault {
  const error = readS3Error(body)
  const said = error ? ` It says: "${sanitizeServerText(error.message, [token])}".` : ''
  const message = `${endpoint.origin} gave no key for the role ${roleArn} (${status}${error ? `, ${error.code}` : ''}). Check the role, and who may assume it.${said}`
  const kind = status >= 500 || status === 429 || status === 200 ? 'temporary' : 'fatal'
  return fault({ fault: kind, code: 'access_unavailable', message })
}
