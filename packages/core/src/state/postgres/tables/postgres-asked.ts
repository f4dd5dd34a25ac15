import type { PipelineSummary } from '../../../contract.ts'
import type { HourSpan } from '../../../ledger-hour.ts'
import { startedAt, withSpan } from '../../hour-spans.ts'
import { type PostgresClient, rowsOf } from '../connection/postgres-client.ts'

/** Adds to what a pipeline was asked to deliver. In a transaction. */
export async function askFor(client: PostgresClient, pipelineId: number, span: HourSpan): Promise<void> {
  await write(client, pipelineId, withSpan(await read(client, pipelineId), span))
}

/** Records that a pipeline which has delivered nothing yet must deliver everything from a time on. In a transaction. */
export async function askFrom(client: PostgresClient, pipelineId: number, at: number): Promise<void> {
  await write(client, pipelineId, startedAt(await read(client, pipelineId), at))
}

interface SpanRow {
  readonly from: string
  readonly until: string
}

export async function pipelineSummaries(client: PostgresClient): Promise<PipelineSummary[]> {
  const rows = await rowsOf<Partial<SpanRow> & { name: string }>(
    client,
    `select name, from_hour::text as "from", until_hour::text as "until"
     from asana_audit.pipeline left join asana_audit.asked on pipeline_id = id order by name, from_hour`,
  )
  const summaries = new Map<string, HourSpan[]>()
  for (const { name, from, until } of rows) {
    const asked = summaries.get(name) ?? []
    if (from && until) asked.push(spanOf({ from, until }))
    summaries.set(name, asked)
  }
  return [...summaries].map(([pipeline, asked]) => ({ pipeline, asked }))
}

/** Reads the spans and locks the pipeline, so that nobody else changes them until the transaction has ended. */
async function read(client: PostgresClient, pipelineId: number): Promise<HourSpan[]> {
  await client.query('select from asana_audit.pipeline where id = $1 for no key update', [pipelineId])
  const rows = await rowsOf<SpanRow>(
    client,
    `select from_hour::text as "from", until_hour::text as "until" from asana_audit.asked
     where pipeline_id = $1 order by from_hour`,
    [pipelineId],
  )
  return rows.map(spanOf)
}

async function write(client: PostgresClient, pipelineId: number, spans: readonly HourSpan[]): Promise<void> {
  await client.query('delete from asana_audit.asked where pipeline_id = $1', [pipelineId])
  await client.query(
    `insert into asana_audit.asked (pipeline_id, from_hour, until_hour)
     select $1, * from unnest($2::bigint[], $3::bigint[])`,
    [pipelineId, spans.map(({ from }) => from), spans.map(({ until }) => until)],
  )
}

function spanOf({ from, until }: SpanRow): HourSpan {
  return { from: Number(from), until: Number(until) }
}
