import { existsSync, globSync, readFileSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { gunzipSync } from 'node:zlib'
import { describe, test } from 'vitest'
import { archiveSink, folderStore, s3Store } from '../../packages/archive/src/index.ts'
import { faultyProxy, s3Error } from '../../packages/archive/test/support/faulty-proxy.ts'
import { access, noVersitygw, startVersitygw } from '../../packages/archive/test/support/versitygw.ts'
import type { Sink } from '../../packages/core/src/index.ts'
import { sinkContract } from '../../packages/core/src/testing/testing.ts'
import { fileSink, otlpSink, streamSink } from '../../packages/otlp/src/index.ts'
import { startGrpcServer } from '../../packages/otlp/test/support/grpc-server.ts'
import { asanaPantherEvent, pantherSink } from '../../packages/panther-http/src/index.ts'
import { startPantherSource } from '../../packages/panther-http/test/support/panther-source.ts'
import {
  type AuditLogEvent,
  type AuditLogRecord,
  auditResourceAttributes,
  auditScope,
  toLogRecord,
} from '../../packages/schema/src/index.ts'
import { asanaHecEvent, type HecEvent, hecSink } from '../../packages/splunk-hec/src/index.ts'
import { startHecReceiver } from '../../packages/splunk-hec/test/support/hec-receiver.ts'
import { temporaryFolder } from '../support/commands/run-command.ts'
import { logsFromJson, logsFromProtobuf, type ReceivedLog } from '../support/otlp/otlp-reader.ts'
import { startReceiver } from '../support/otlp/otlp-receiver.ts'
import { gidOf, loginEvent, workspace } from '../support/servers/asana-server.ts'

const origin = { resource: auditResourceAttributes({ workspace }), scope: auditScope }

const event = (number: number): AuditLogEvent => JSON.parse(loginEvent(number)) as AuditLogEvent
const record = (number: number): AuditLogRecord => toLogRecord(event(number))
const idOf = gidOf

function idsOf(logs: readonly ReceivedLog[]): string[] {
  return logs.map(({ attributes }) => String(attributes.get('log.record.uid')))
}

function idsIn(lines: string): string[] {
  return lines.split('\n').flatMap((line) => (line === '' ? [] : idsOf(logsFromJson(Buffer.from(line)))))
}

describe.each(['http/protobuf', 'http/json'] as const)('OTLP by %s:', (protocol) => {
  sinkContract(test, async () => {
    let requestsLeft = Number.POSITIVE_INFINITY
    const receiver = await startReceiver({
      instead(response) {
        requestsLeft -= 1
        if (requestsLeft < 0) response.writeHead(503).end()
        return requestsLeft < 0
      },
    })
    return {
      sink: otlpSink({ ...origin, url: `${receiver.origin}/v1/logs`, protocol, maxRecords: 4 }),
      record,
      idOf,
      arrived: () => idsOf(receiver.accepted.flat()),
      outage() {
        // In the middle of the next write, which needs three requests.
        requestsLeft = 1
        return () => {
          requestsLeft = Number.POSITIVE_INFINITY
        }
      },
    }
  })
})

describe('OTLP by grpc:', () => {
  sinkContract(test, async () => {
    let requestsLeft = Number.POSITIVE_INFINITY
    const accepted: (readonly ReceivedLog[])[] = []
    const receiver = await startGrpcServer((call) => {
      requestsLeft -= 1
      if (requestsLeft < 0) return call.fail(14)
      accepted.push(logsFromProtobuf(call.message))
      call.ok()
    })
    return {
      sink: otlpSink({ ...origin, url: receiver.url, protocol: 'grpc', maxRecords: 4 }),
      record,
      idOf,
      arrived: () => idsOf(accepted.flat()),
      outage() {
        // In the middle of the next write, which needs three requests.
        requestsLeft = 1
        return () => {
          requestsLeft = Number.POSITIVE_INFINITY
        }
      },
    }
  })
})

describe('an OTLP file:', () => {
  sinkContract(
    test,
    () => {
      const path = join(temporaryFolder(), 'audit.jsonl')
      return {
        sink: fileSink({ ...origin, path }),
        record,
        idOf,
        arrived: () => idsIn(readFileSync(path, { encoding: 'utf8', flag: 'a+' })),
      }
    },
    { outage: false },
  )
})

describe('a stream of OTLP lines:', () => {
  sinkContract(
    test,
    () => {
      const chunks: Buffer[] = []
      const stream = new PassThrough()
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      return {
        sink: streamSink({ ...origin, stream }),
        record,
        idOf,
        arrived: () => idsIn(Buffer.concat(chunks).toString('utf8')),
      }
    },
    { outage: false },
  )
})

describe('the HTTP Event Collector:', () => {
  sinkContract<HecEvent>(test, async () => {
    let isOut = false
    const receiver = await startHecReceiver({
      answer: () => (isOut ? { status: 503, body: { text: 'Server is busy', code: 9 } } : undefined),
    })
    return {
      sink: hecSink({ url: receiver.url, token: 'a-token-of-this-test' }),
      record: (number) => asanaHecEvent(event(number)),
      idOf,
      arrived: () => receiver.indexed.map(({ event: given }) => (given as AuditLogEvent).gid),
      outage() {
        isOut = true
        return () => {
          isOut = false
        }
      },
    }
  })
})

describe("Panther's HTTP source:", () => {
  sinkContract<object>(test, async () => {
    let requestsLeft = Number.POSITIVE_INFINITY
    const source = await startPantherSource({
      auth: { bearer: 'a-secret-of-this-test' },
      answer: () => {
        requestsLeft -= 1
        return requestsLeft < 0 ? { status: 503 } : undefined
      },
    })
    return {
      // Some requests a write.
      sink: pantherSink({ url: source.url, secret: 'a-secret-of-this-test', maxBodyBytes: 1_500 }),
      record: (number) => asanaPantherEvent(event(number)),
      idOf,
      arrived: () => source.classified.map(({ gid }) => String(gid)),
      outage() {
        // In the middle of the next write.
        requestsLeft = 1
        return () => {
          requestsLeft = Number.POSITIVE_INFINITY
        }
      },
    }
  })
})

describe('an archive in a folder:', () => {
  sinkContract<AuditLogEvent>(test, () => {
    const path = join(temporaryFolder(), 'archive')
    const place = (): string => (existsSync(`${path}-away`) ? `${path}-away` : path)
    return {
      sink: archiveSink({ store: folderStore({ path }), lane: 'test' }) as Sink<AuditLogEvent>,
      record: event,
      idOf,
      arrived: () => archivedIn(place()),
      outage() {
        renameSync(path, `${path}-away`)
        return () => renameSync(`${path}-away`, path)
      },
    }
  })
})

describe.skipIf(noVersitygw)('an archive in a bucket:', () => {
  sinkContract<AuditLogEvent>(test, async () => {
    const store = await startVersitygw()
    let isOut = false
    const proxy = await faultyProxy(store.endpoint, () => (isOut ? s3Error(503, 'SlowDown') : 'pass'))
    const { bucket, folder } = store
    return {
      sink: archiveSink({
        store: s3Store({ endpoint: proxy.endpoint, bucket, access }),
        lane: 'test',
      }) as Sink<AuditLogEvent>,
      record: event,
      idOf,
      arrived: () => archivedIn(folder),
      outage() {
        isOut = true
        return () => {
          isOut = false
        }
      },
    }
  })
})

function archivedIn(folder: string): string[] {
  return globSync('event/**/*.jsonl.gz', { cwd: folder })
    .toSorted()
    .flatMap((file) =>
      gunzipSync(readFileSync(join(folder, file)))
        .toString()
        .trimEnd()
        .split('\n'),
    )
    .map((line) => (JSON.parse(line) as AuditLogEvent).gid)
}
