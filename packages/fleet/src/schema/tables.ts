/**
 * The steps of the part `fleet`, oldest first; a database has as many as its version says. A step is never changed once it is released, and
 * only adds: workers of the version before run on while it is made.
 *
 * A tenant's name is the name of its pipeline in the state. No secret is stored here: `token_ref` says where the token is.
 */
export const fleetSteps: readonly string[] = [
  `create table asana_audit.tenant (
     pipeline_id int primary key references asana_audit.pipeline (id),
     workspace text not null,
     destination text not null,
     token_ref text not null,
     poll_seconds int not null default 60 check (poll_seconds between 1 and 86400),
     state text not null default 'active' check (state in ('active', 'paused', 'removed')),
     paused_code text,
     paused_message text,
     paused_at timestamptz,
     next_try timestamptz,
     created_at timestamptz not null default now()
   );
   comment on column asana_audit.tenant.destination is 'a name under destinations in the fleet''s file';
   comment on column asana_audit.tenant.token_ref is 'file:…, env:… or exec:…; never the token';
   comment on column asana_audit.tenant.next_try is 'null while a person has paused it';

   -- Nothing is lost with it: after a crash of the server the budgets begin anew.
   create unlogged table asana_audit.budget (
     token_ref text primary key,
     per_minute int not null check (per_minute > 0),
     due timestamptz not null default now(),
     held_until timestamptz not null default 'epoch'
   );

   create table asana_audit.worker (
     name text primary key,
     started_at timestamptz not null default now(),
     seen_at timestamptz not null default now(),
     version text not null,
     slots int not null
   );

   create table asana_audit.setting (
     name text primary key,
     value text not null
   );
   comment on table asana_audit.setting is 'what all workers must agree on'`,
  // Which tenants share a token is asked for in each turn.
  'create index on asana_audit.tenant (token_ref)',
  `alter table asana_audit.tenant add column if not exists paused_lane text;
   comment on column asana_audit.tenant.paused_lane is 'the lane whose turn had the fault'`,
]
