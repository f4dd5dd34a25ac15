import { request } from 'node:http'
import { text } from 'node:stream/consumers'

export interface Asked {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: string
}

/** One request, with any `Host` and any method. */
export async function ask(
  url: string,
  headers: Readonly<Record<string, string | string[]>> = {},
  method = 'GET',
): Promise<Asked> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { headers, method, agent: false }, (response) => {
      text(response).then(
        (body) => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }),
        reject,
      )
    })
    sent.on('error', reject)
    sent.end()
  })
}
