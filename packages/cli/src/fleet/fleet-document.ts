import * as z from 'zod'
import { goodListen } from '../config/monitoring/listen.ts'
import { exampleAddress } from '../flags/example-address.ts'

/** What to write for each setting of a fleet's file. Every message about a wrong value ends with it. */
export const goodFleetValues = {
  state: `Give the address of the database, for example ${exampleAddress}`,
  requests_per_minute: 'Give a whole number from 1, for example 1200. Asana allows 1500 for each token.',
  ...goodListen,
  destinations:
    'Give a map with a name for each destination, for example destinations: { collector: { otlp: { endpoint: https://collector.example.com:4318/v1/logs } } }.',
  pipeline:
    'Give a map with settings that hold for every tenant, for example pipeline: { people: hash, hash_key_file: /run/secrets/hash-key }.',
  token_programs:
    'Give a list of the programs that token references may run, for example [vault]. Without it, exec: is refused.',
  tail_slots: 'Give a whole number from 1 to 1000, for example 64: turns for new events at once.',
  backlog_slots: 'Give a whole number from 1 to 100, for example 4: turns for histories at once.',
  tenant_metrics: 'Give true or false. With true, each tenant has series of its own in /metrics.',
} as const satisfies Readonly<Record<string, string>>

export type FleetSetting = keyof typeof goodFleetValues

/** The settings that are plain values. The others have readers of their own. */
export const fleetValues = {
  requests_per_minute: z.coerce.number().int().min(1).default(1_200),
  token_programs: z.array(z.string().trim().min(1)).default([]),
  tail_slots: z.coerce.number().int().min(1).max(1_000).default(64),
  backlog_slots: z.coerce.number().int().min(1).max(100).default(4),
  tenant_metrics: z.boolean().default(false),
} as const

export type FleetValues = {
  readonly [Name in keyof typeof fleetValues]: z.output<(typeof fleetValues)[Name]>
}

/** Settings of a pipeline that a tenant has itself, or that a fleet does not have. */
export const notForAll: Readonly<Record<string, string>> = {
  name: 'Each tenant has its own name. Leave it out.',
  workspace: 'Each tenant has its own workspace. Leave it out.',
  to: 'Each tenant names one of the destinations. Leave it out, and write them under destinations.',
  poll: 'Each tenant has its own poll_seconds. Leave it out.',
  max_poll: 'Each tenant has its own poll_seconds. Leave it out.',
  until: 'A fleet goes on without end. Leave it out.',
  format: 'It is for files and standard output, which a fleet does not have. Leave it out.',
  detect: 'A fleet does not run rules. Leave it out, and run detect on what arrives.',
}

/** Tokens are the tenants', in each of their forms. */
export const tokenSetting: RegExp = /^(second_)?token_(file|env|exec)$/
