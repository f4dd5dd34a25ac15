/** Drops the views, because pg-boss must change tables that they read. The rights to read them are granted again after that. */
export const dropViews: string = `drop view if exists asana_audit.fleet_lag, asana_audit.fleet_backlogs,
  asana_audit.fleet_paused, asana_audit.fleet_workers`

/** The turn of a tenant: planned, waiting for a slot or under way. There is one at most. */
const turn = (queue: string): string => `left join lateral (
    select job.state::text as state, job.start_after, job.started_on, job.heartbeat_on,
      (job.data ->> 'readAt')::timestamptz as read_at
    from asana_audit_boss.job
    where job.name = '${queue}' and job.singleton_key = t.pipeline_id::text and job.state <= 'active'
  ) turn on true`

/** The sentence about what is wrong, or null. `at` formats a time as people read it. */
const why = `case
      when t.state = 'paused' and t.next_try is null then coalesce(t.paused_message, 'A person has paused it.')
      when t.paused_code is not null then t.paused_message
      when turn.state is null then 'No turn is planned for it. A worker plans one within a minute; if none runs, start one.'
      when turn.state = 'active' and turn.heartbeat_on < now() - interval '20 seconds'
        then 'The worker of its turn is silent since ' || ${at('turn.heartbeat_on')} || '. Another one takes over.'
      when turn.state = 'active' and turn.started_on < now() - interval '5 seconds'
        then 'Its turn is under way since ' || ${at('turn.started_on')} || '.'
      when turn.state <> 'active' and turn.start_after < now() - interval '5 seconds'
        then 'Its turn waits for a worker with a free slot since ' || ${at('turn.start_after')} || '.'
    end`

function at(time: string): string {
  return `to_char(${time} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')`
}

/** A poll that found nothing does not save the position: the turns after it say when that was. */
const since = 'greatest(coalesce(l.committed_at, t.created_at), turn.read_at)'

/**
 * For people with psql and for boards: who is behind, since when, and why. A later version may add columns at the end of a view, and nothing
 * else: so those who may read it go on.
 */
export const createViews: string = `
create or replace view asana_audit.fleet_lag as
  select p.name as tenant, t.workspace, t.destination, t.state, t.paused_code as code, t.poll_seconds,
    l.committed_at as last_commit,
    ${since} as since,
    extract(epoch from now() - ${since})::float8 as lag_seconds,
    l.newest as newest_event,
    coalesce(l.delivered, 0) as delivered,
    coalesce(l.quarantined, 0) as quarantined,
    l.owner as worker,
    ${why} as why
  from asana_audit.tenant t
  join asana_audit.pipeline p on p.id = t.pipeline_id
  left join asana_audit.lane l on l.pipeline_id = t.pipeline_id and l.name = 'live'
  ${turn('tail')}
  where t.state <> 'removed';
comment on view asana_audit.fleet_lag is
  'New events of each tenant: since when it was not read to the end, nor its position saved (lag_seconds), and why';

create or replace view asana_audit.fleet_backlogs as
  select p.name as tenant, t.workspace, t.state, l.cursor, l.committed_at as last_commit, t.created_at,
    l.newest as newest_event, l.delivered, ${why} as why
  from asana_audit.tenant t
  join asana_audit.pipeline p on p.id = t.pipeline_id
  join asana_audit.lane l on l.pipeline_id = t.pipeline_id and l.name = 'backlog'
    and l.cursor is not null
  ${turn('backlog')}
  where t.state <> 'removed' and turn.state is not null;
comment on view asana_audit.fleet_backlogs is 'Tenants whose history is being delivered';

create or replace view asana_audit.fleet_paused as
  select p.name as tenant, t.workspace, t.destination, t.paused_code as code, t.paused_message as message,
    t.paused_at as since, t.next_try
  from asana_audit.tenant t
  join asana_audit.pipeline p on p.id = t.pipeline_id
  where t.state <> 'removed' and (t.state = 'paused' or t.paused_code is not null);
comment on view asana_audit.fleet_paused is
  'Tenants that need a person, with the sentence; next_try is null where a person has paused it';

create or replace view asana_audit.fleet_workers as
  select name as worker, version, started_at, seen_at, slots,
    extract(epoch from now() - seen_at)::float8 as silent_seconds
  from asana_audit.worker;
comment on view asana_audit.fleet_workers is 'A worker that is silent for over 20 seconds is dead, stopped or cut off';
`
