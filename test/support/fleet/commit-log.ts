import type { ClientBase } from 'pg'

/**
 * Lets the test's database write a log of the positions, in the transaction of each commit. There is no constraint on it: a second commit of
 * one version must be seen, not prevented.
 */
export async function createCommitLog(client: ClientBase): Promise<void> {
  await client.query(`
    create table commit_log (
      number bigint generated always as identity primary key,
      pipeline_id int not null, lane text not null, version bigint not null, owner text
    );
    create function log_commit() returns trigger language plpgsql as $$
    begin
      insert into public.commit_log (pipeline_id, lane, version, owner)
        values (new.pipeline_id, new.name, new.version, new.owner);
      return null;
    end $$;
    create trigger log_commit after insert or update of version on asana_audit.lane
      for each row execute function log_commit();
  `)
}

/** Positions that were committed more than once, and commits after the removal of a tenant. */
export async function wrongCommits(
  client: ClientBase,
  removals: ReadonlyMap<number, bigint>,
): Promise<string[]> {
  const { rows: twice } = await client.query<{
    pipeline: string
    lane: string
    version: string
    by: string
  }>(`
    select p.name as pipeline, l.lane, l.version, string_agg(coalesce(l.owner, '?'), ' and ') as by
    from commit_log l join asana_audit.pipeline p on p.id = l.pipeline_id
    group by p.name, l.lane, l.version having count(*) > 1`)
  const late: string[] = []
  for (const [pipeline, number] of removals) {
    const { rows } = await client.query<{ version: string }>(
      'select version from commit_log where pipeline_id = $1 and number > $2',
      [pipeline, number],
    )
    late.push(
      ...rows.map(({ version }) => `${pipeline} was removed, and later version ${version} was committed`),
    )
  }
  return [
    ...twice.map(
      ({ pipeline, lane, version, by }) => `${pipeline} ${lane} ${version} was committed twice, by ${by}`,
    ),
    ...late,
  ]
}

/** The number of the last commit. */
export async function lastCommit(client: ClientBase): Promise<bigint> {
  const { rows } = await client.query<{ number: string }>(
    'select coalesce(max(number), 0) as number from commit_log',
  )
  return BigInt(rows[0]?.number ?? 0)
}

/** Commits in all, so that a check can say that there was something to check. */
export async function commits(client: ClientBase): Promise<number> {
  const { rows } = await client.query<{ commits: number }>('select count(*)::int as commits from commit_log')
  return rows[0]?.commits ?? 0
}
