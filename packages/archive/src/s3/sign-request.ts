import { AwsV4Signer } from 'aws4fetch'
import type { S3Access } from './access/s3-access.ts'

export interface UnsignedRequest {
  readonly method: 'GET' | 'PUT' | 'DELETE'
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  /** The SHA-256 of the body, hexadecimal. */
  readonly bodySha256: string
}

/** The headers of a request with its Signature Version 4, made at `now` (milliseconds since 1970). */
export async function signedHeaders(
  { method, url, headers, bodySha256 }: UnsignedRequest,
  access: S3Access,
  region: string,
  now: number,
): Promise<Record<string, string>> {
  const { accessKeyId, secretAccessKey, sessionToken } = access
  const signer = new AwsV4Signer({
    ...{ method, url: url.href, accessKeyId, secretAccessKey, region, service: 's3' },
    headers: { ...headers, 'x-amz-content-sha256': bodySha256 },
    datetime: new Date(now).toISOString().replaceAll(/[:-]|\.\d{3}/g, ''),
    ...(sessionToken !== undefined && { sessionToken }),
  })
  const signed = await signer.sign()
  return Object.fromEntries(signed.headers.entries())
}
