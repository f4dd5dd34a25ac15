import { type Fault, fault } from '../../../fault.ts'
import { type PostgresClient, rowsOf } from '../connection/postgres-client.ts'

/** "AAud": the first of the two numbers of all our advisory locks. The second is the id of a pipeline, or 0. */
export const lockClass = 0x41417564

/** The oldest PostgreSQL that has all we use: `idle_session_timeout` came with 14. */
const oldestServer = 14

/**
 * One step from each version to the next, and the first makes the tables. Never change a step. A step only adds, so that programs of the
 * version before it go on while others are brought up to date.
 *
 * About the first step: a dropped lane keeps its row, without a cursor. Otherwise its version would begin again, and a process that stood still
 * could meet a version that it once loaded. `attempt` names the last commit, so that a commit is recognised if its answer was lost. `pruned`
 * says up to when ids were forgotten. A `checksum` is a number without a sign, below 2^64.
 */
const steps: readonly string[] = [
  `create table asana_audit.pipeline (
    id int generated always as identity primary key,
    name text collate "C" not null unique,
    rejected_since bigint not null default 0
  );
  create table asana_audit.claim (
    pipeline_id int primary key references asana_audit.pipeline,
    token text not null,
    holder text not null,
    claimed_at timestamptz not null default now()
  );
  create table asana_audit.lane (
    pipeline_id int not null references asana_audit.pipeline,
    name text collate "C" not null,
    fingerprint text,
    cursor text,
    version bigint not null,
    delivered bigint not null default 0,
    quarantined bigint not null default 0,
    newest timestamptz,
    read_by text,
    committed_at timestamptz not null default now(),
    owner text,
    attempt text,
    pruned bigint not null default 0,
    primary key (pipeline_id, name)
  ) with (fillfactor = 70);
  create table asana_audit.asked (
    pipeline_id int not null references asana_audit.pipeline,
    from_hour bigint not null,
    until_hour bigint not null,
    primary key (pipeline_id, from_hour)
  );
  create table asana_audit.known (
    pipeline_id int not null references asana_audit.pipeline,
    id text collate "C" not null,
    at bigint not null,
    lane text collate "C" not null,
    primary key (pipeline_id, id)
  );
  create table asana_audit.ledger (
    pipeline_id int not null references asana_audit.pipeline,
    hour bigint not null,
    kind text collate "C" not null,
    count bigint not null,
    checksum numeric(20) not null,
    primary key (pipeline_id, hour, kind)
  ) with (fillfactor = 70);
  create table asana_audit.quarantine (
    number bigint generated always as identity primary key,
    pipeline_id int not null references asana_audit.pipeline,
    kind text collate "C" not null,
    event_id text,
    code text collate "C" not null,
    reason text not null,
    event text not null,
    quarantined_at timestamptz not null default now()
  );
  create index on asana_audit.quarantine (pipeline_id, number);
  create table asana_audit.note (
    pipeline_id int not null references asana_audit.pipeline,
    name text collate "C" not null,
    text text not null,
    primary key (pipeline_id, name)
  )`,
  'alter table asana_audit.ledger add column content bigint, add column content_form text collate "C"',
  'alter table asana_audit.quarantine add column counted_in bigint; create index on asana_audit.quarantine (pipeline_id, counted_in)',
]

/**
 * Makes the tables of a state in the schema `asana_audit` of a database, or brings them up to date. May be called at any time and by several
 * processes at once. `client` must not be in a transaction.
 */
export async function migrateState(client: PostgresClient): Promise<void> {
  await client.query('begin')
  try {
    await client.query(`select pg_advisory_xact_lock(${lockClass}, 0)`)
    let version = await schemaVersion(client)
    if (version === undefined) {
      await client.query('create schema if not exists asana_audit')
      await client.query(
        'create table asana_audit.schema_version (part text primary key, version int not null)',
      )
      version = 0
    }
    if (version > steps.length) throw newerState(version)
    for (const step of steps.slice(version)) await client.query(step)
    await client.query(
      `insert into asana_audit.schema_version (part, version) values ('state', $1)
       on conflict (part) do update set version = excluded.version where schema_version.version <> excluded.version`,
      [steps.length],
    )
    await client.query('commit')
  } catch (error) {
    await client.query('rollback').catch(() => {}) // The connection may be gone. The first error says more.
    throw error
  }
}

export interface SchemaWishes {
  /** May make the tables where there are none. */
  readonly create: boolean
  /** May bring older tables up to date, and make them. */
  readonly migrate: boolean
}

/** Makes sure that the database has tables that this version can use. Rejects with a fatal fault otherwise. */
export async function prepareState(client: PostgresClient, wishes: SchemaWishes): Promise<void> {
  const [server] = await rowsOf<{ version: string }>(
    client,
    "select current_setting('server_version_num') as version",
  )
  const major = Math.floor(Number(server?.version) / 10_000)
  if (major < oldestServer) throw oldServer(major)
  const version = await schemaVersion(client)
  if (version === steps.length) return
  if (version !== undefined && version > steps.length) throw newerState(version)
  if (!wishes.migrate) throw olderState(version)
  if (version === undefined && !wishes.create) throw noState()
  await migrateState(client)
}

/** Undefined if the database has no state. */
async function schemaVersion(client: PostgresClient): Promise<number | undefined> {
  const [found] = await rowsOf<{ versions: boolean; tables: boolean }>(
    client,
    `select to_regclass('asana_audit.schema_version') is not null as versions,
       exists (select from pg_class where relnamespace = to_regnamespace('asana_audit')) as tables`,
  )
  if (!found?.versions) {
    if (found?.tables) throw foreignState()
    return undefined
  }
  const [row] = await rowsOf<{ version: number }>(
    client,
    "select version from asana_audit.schema_version where part = 'state'",
  )
  return row?.version ?? 0
}

const fatal = (code: string, message: string): Fault => fault({ fault: 'fatal', code, message })

function oldServer(major: number): Fault {
  const message = `This is PostgreSQL ${major}. A state needs PostgreSQL ${oldestServer} or newer: use another server.`
  return fatal('old_server', message)
}

function noState(): Fault {
  const message =
    'There is no state in this database. Give the address that run uses. The first run makes the tables.'
  return fatal('no_state', message)
}

function newerState(version: number): Fault {
  const message = `The state in this database is of a newer version (schema ${version}; this one reads up to ${steps.length}). Update this program.`
  return fatal('newer_state', message)
}

function olderState(version: number | undefined): Fault {
  const found =
    version === undefined
      ? 'This database has no tables of a state yet'
      : `The tables of the state in this database are of an older version (schema ${version}; this program needs ${steps.length})`
  const message = `${found}. Bring it up to date with \`migrateState\`, in a fleet with \`asana-audit fleet migrate\`.`
  return fatal('older_state', message)
}

function foreignState(): Fault {
  const message =
    'The schema asana_audit of this database holds tables that are not a state of asana-audit. Use another database; this one was not changed.'
  return fatal('foreign_state', message)
}
