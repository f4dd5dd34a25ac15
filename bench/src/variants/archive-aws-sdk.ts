import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { gzip as gzipCallback } from 'node:zlib'
import type { AuditLogEvent } from '@asana-audit/schema'
import { PutObjectCommand } from '@aws-sdk/client-s3'
import { benchBucket, sdkClient } from '../archive/store-access.ts'
import { asanaSdkPages } from '../asana-sdk.ts'
import type { Setup, Variant } from '../variant.ts'

const gzip = promisify(gzipCallback)

/** As many as an object of ours has. */
const mostEvents = 20_000

/** The official SDKs of Asana and AWS: objects of one day each, as JSON lines or as Parquet by DuckDB. No state and no manifest. */
export const variant: Variant = (setup) => ({
  async run({ workspace, onEvents }) {
    const client = sdkClient(setup.place ?? '')
    const encode = setup.formats?.includes('flat') ? await parquet(setup) : jsonLines
    let held: AuditLogEvent[] = []
    let [events, objects] = [0, 0]
    async function put(day: string): Promise<void> {
      if (held.length === 0) return
      const { body, ending } = await encode(held)
      objects += 1
      const key = `${workspace}/day=${day}/${objects}${ending}`
      await client.send(new PutObjectCommand({ Bucket: benchBucket, Key: key, Body: body }))
      events += held.length
      onEvents(held.length)
      held = []
    }
    let today = ''
    for await (const page of asanaSdkPages(setup, workspace)) {
      for (const event of page) {
        const day = event.created_at.slice(0, 10)
        if (day !== today || held.length === mostEvents) await put(today)
        today = day
        held.push(event)
      }
    }
    await put(today)
    client.destroy()
    return { events }
  },
})

type Encode = (
  events: readonly AuditLogEvent[],
) => Promise<{ readonly body: Buffer; readonly ending: string }>

const textOf = (events: readonly AuditLogEvent[]): string =>
  events.map((event) => `${JSON.stringify(event)}\n`).join('')

const jsonLines: Encode = async (events) => ({ body: await gzip(textOf(events)), ending: '.jsonl.gz' })

/** DuckDB finds the columns itself, as its documentation shows. */
async function parquet({ folder }: Setup): Promise<Encode> {
  const { DuckDBInstance } = await import('@duckdb/node-api')
  const connection = await (await DuckDBInstance.create()).connect()
  const [lines, file] = [join(folder, 'events.jsonl'), join(folder, 'events.parquet')]
  return async (events) => {
    await writeFile(lines, textOf(events))
    await connection.run(
      `COPY (SELECT * FROM read_json('${lines}')) TO '${file}' (FORMAT parquet, COMPRESSION zstd)`,
    )
    return { body: await readFile(file), ending: '.parquet' }
  }
}
