import { fault } from '@asana-audit/core'
import type { ClientBase, Pool } from 'pg'

/** What all workers of a fleet must agree on. */
export interface AgreedSettings {
  /** Most requests to Asana in a minute with one token, of all workers together. */
  readonly requestsPerMinute: number
}

const names = { requestsPerMinute: 'requests_per_minute' } as const

/**
 * Keeps the settings of the first worker, and rejects with `settings_differ` if those of a later one are others: two files for one database
 * would each exceed the other's budget.
 */
export async function agreeOn(client: ClientBase | Pool, settings: AgreedSettings): Promise<void> {
  for (const [key, name] of Object.entries(names) as [keyof AgreedSettings, string][]) {
    const ours = String(settings[key])
    // Not `do nothing`, which would return no row.
    const { rows } = await client.query<{ value: string }>(
      `insert into asana_audit.setting (name, value) values ($1, $2)
       on conflict (name) do update set name = excluded.name returning value`,
      [name, ours],
    )
    const agreed = rows[0]?.value
    if (agreed === ours) continue
    const message = `The workers of this database have agreed on ${name}: ${agreed}, and the file of this worker says ${ours}. Write ${name}: ${agreed} into the file. To change it for all: correct the file of each, run asana-audit fleet migrate with that file, and start the workers again.`
    throw fault({ fault: 'fatal', code: 'settings_differ', message })
  }
}

/** Replaces what was agreed on. Workers that run with other settings are to be started again. */
export async function agreeAnew(client: ClientBase | Pool, settings: AgreedSettings): Promise<void> {
  for (const [key, name] of Object.entries(names) as [keyof AgreedSettings, string][]) {
    await client.query(
      `insert into asana_audit.setting (name, value) values ($1, $2)
       on conflict (name) do update set value = excluded.value`,
      [name, String(settings[key])],
    )
  }
}
