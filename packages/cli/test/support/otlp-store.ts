import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'

/** Where VictoriaLogs takes OTLP. */
export const victoriaLogs = '/insert/opentelemetry/v1/logs'
/** Where Loki does. */
export const loki = '/otlp/v1/logs'

/** What it was asked for beside OTLP, and with which key. */
interface Seen {
  readonly asked: string[]
  readonly secrets: unknown[]
}

/**
 * A receiver of OTLP at this path, with these pages beside it. `answers`: the status of its answers to OTLP. `refused`: how many
 * records of each request they say it refused.
 */
export async function startStore(
  endpoint: string,
  pages: Readonly<Record<string, string>>,
  answers = 200,
  refused = 0,
): Promise<Seen & { url: string }> {
  const [asked, secrets]: [string[], unknown[]] = [[], []]
  const server = createServer(({ method, url = '', headers }, response) => {
    if (method === 'POST' && url === endpoint) {
      if (refused === 0) return void response.writeHead(answers).end()
      response.writeHead(answers, { 'content-type': 'application/json' })
      return void response.end(JSON.stringify({ partialSuccess: { rejectedLogRecords: refused } }))
    }
    asked.push(url)
    secrets.push(headers['x-api-key'])
    const page = pages[url]
    response.writeHead(page === undefined ? 404 : 200, { 'content-type': 'text/plain' }).end(page)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return { asked, secrets, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${endpoint}` }
}

/** Metrics of a VictoriaLogs with these flags. */
export function metricsOf(flags: Readonly<Record<string, string>>): string {
  const lines = Object.entries(flags).map(
    ([name, value]) => `flag{name="${name}", value="${value}", is_set="true"} 1`,
  )
  return [
    'vl_http_requests_total{path="/insert/opentelemetry/v1/logs",format="protobuf"} 3',
    'vm_app_version{version="victoria-logs-20260901-tags-v1.52.1-0-gabc", short_version="v1.52.1"} 1',
    ...lines,
  ].join('\n')
}

/** What a Loki says of its build. */
export const lokiBuild: string = JSON.stringify({ version: '3.5.1', revision: 'abc', goVersion: 'go1.24' })

/** The configuration of a Loki with these limits, lines of YAML. */
export function lokiConfig(limits: string): string {
  return `target: all\nlimits_config:\n  ${limits}\n`
}
