import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'

/** Stands in for a Collector: takes OTLP JSON, and keeps how often each event has arrived, by workspace and gid. */
export interface Receiver {
  readonly url: string
  readonly arrived: ReadonlyMap<string, number>
  close(): void
}

interface Attribute {
  readonly key: string
  readonly value: { readonly stringValue?: string }
}

/** OTLP JSON, https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding. */
interface Logs {
  readonly resourceLogs: readonly {
    readonly resource: { readonly attributes: readonly Attribute[] }
    readonly scopeLogs: readonly {
      readonly logRecords: readonly { readonly attributes: readonly Attribute[] }[]
    }[]
  }[]
}

export async function startReceiver(): Promise<Receiver> {
  const arrived = new Map<string, number>()
  const server = createServer(async (request, response) => {
    const { resourceLogs } = (await json(request)) as Logs
    for (const { resource, scopeLogs } of resourceLogs) {
      const workspace = textOf(resource.attributes, 'asana.workspace.gid')
      for (const { attributes } of scopeLogs.flatMap(({ logRecords }) => logRecords)) {
        const id = `${workspace} ${textOf(attributes, 'log.record.uid')}`
        arrived.set(id, (arrived.get(id) ?? 0) + 1)
      }
    }
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/logs`,
    arrived,
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
}

function textOf(attributes: readonly Attribute[], name: string): string {
  const text = attributes.find(({ key }) => key === name)?.value.stringValue
  if (text === undefined) throw new Error(`What arrived has no ${name}.`)
  return text
}
