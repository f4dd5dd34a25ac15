import type { Fact, Fault } from '@asana-audit/core'
import { counted } from '../counted.ts'
import type { LogLevel } from '../flags/choice.ts'
import { factSentence } from '../progress/words/fact-sentence.ts'
import { isShown, levelOf } from '../progress/words/log-level.ts'
import { quarantineSentences } from '../progress/words/quarantine-sentences.ts'
import { safeJson } from '../terminal/safe-text.ts'
import { wrapped } from '../terminal/wrapped.ts'
import { tenantTroubles } from './tenant-troubles.ts'

/** A tenant as its log lines name it. */
export interface LoggedTenant {
  readonly name: string
  readonly workspace: string
}

/** What a worker tells, to people or to machines. */
export interface WorkerLog {
  started(worker: string, slots: number, listening: string | undefined): void
  fact(fact: Fact, tenant: LoggedTenant, lane: string): void
  /** The database does not do what the worker needs, or does again. */
  database(fact: Fact): void
  turnEnded(): void
  warning(warning: { readonly code: string; readonly message: string }): void
  stopping(signal: string): void
  failed(fault: Fault): void
  /** A summary of the time since the last one. */
  progress(): void
  stopped(): void
}

export interface WorkerLogOptions {
  readonly output: { write(text: string): unknown; readonly isTTY?: boolean; readonly columns?: number }
  readonly form: 'human' | 'json'
  /** The least urgent level that is shown. */
  readonly least: LogLevel
  readonly now?: () => number
}

/** What happened since the last summary. A worker has thousands of tenants, so it keeps nothing of each. */
interface Counts {
  turns: number
  requests: number
  events: number
  quarantined: number
  retries: number
  readonly tenants: Set<string>
}

const nothing = (): Counts => ({
  turns: 0,
  requests: 0,
  events: 0,
  quarantined: 0,
  retries: 0,
  tenants: new Set(),
})

/**
 * A line at once for what may need a person, with tenant and workspace; for all else a summary. A person reads a trouble of a tenant once, a
 * machine gets each fact.
 */
export function workerLog({ output, form, least, now = Date.now }: WorkerLogOptions): WorkerLog {
  const quarantine = quarantineSentences()
  const troubles = tenantTroubles(now)
  /** The code of what the database does not do now. */
  let databaseTrouble: string | undefined
  let counts = nothing()
  let since = now()

  function line(level: LogLevel, message: string, fields: object, sentence: string | undefined): void {
    if (!isShown(level, least)) return
    if (form === 'json') {
      const time = new Date(now()).toISOString()
      output.write(`${safeJson(JSON.stringify({ time, level, message, ...fields }))}\n`)
    } else if (sentence !== undefined) say(level, sentence)
  }

  function say(level: LogLevel, sentence: string): void {
    if (!isShown(level, least)) return
    output.write(`${wrapped(sentence, 2, output.isTTY ? output.columns : undefined)}\n`)
  }

  /** Many parts of a worker try again at the same time, and hear one after the other that it works again. */
  function tellDatabase(fact: Fact): void {
    const next = fact.type === 'retrying' ? fact.code : undefined
    if (next === databaseTrouble) return
    databaseTrouble = next
    const sentence = factSentence('The database', fact)
    if (sentence !== undefined) say(levelOf(fact), sentence)
  }

  function count(fact: Fact, { name }: LoggedTenant): void {
    if (fact.type === 'requested') {
      counts.requests += 1
      counts.tenants.add(name)
    } else if (fact.type === 'committed') counts.events += fact.events
    else if (fact.type === 'quarantined') counts.quarantined += 1
    else if (fact.type === 'too_old') counts.quarantined += fact.events
    else if (fact.type === 'retrying') counts.retries += 1
  }

  return {
    started(worker, slots, listening) {
      const at = listening === undefined ? '' : ` Health and metrics: ${listening}`
      line(
        'info',
        'started',
        { worker, slots, listening },
        `The worker ${worker} makes ${slots} turns at once.${at}`,
      )
    },
    fact(fact, tenant, lane) {
      count(fact, tenant)
      const { name, workspace } = tenant
      const { type, message, ...fields } = { message: undefined, ...fact }
      if (form === 'human') {
        // All tenants have one database: it is one trouble, and not one for each of them.
        if (isOfState(fact)) return tellDatabase(fact)
        for (const sentence of quarantine.after(labelOf(name, lane), fact)) say('error', sentence)
        for (const told of troubles.toldOf(name, fact, lane)) {
          const sentence = factSentence(labelOf(name, told.lane), told.fact)
          if (sentence !== undefined) say(levelOf(told.fact), sentence)
        }
        return
      }
      const detail = message && { detail: message }
      const told = { tenant: name, workspace, lane, ...fields, delaysMs: undefined, ...detail }
      line(levelOf(fact), type, told, undefined)
    },
    database(fact) {
      if (form === 'human') return tellDatabase(fact)
      const { type, message, ...fields } = { message: undefined, ...fact }
      const told = { ...fields, ...(message && { detail: message }) }
      line(levelOf(fact), `database_${type}`, told, undefined)
    },
    turnEnded() {
      counts.turns += 1
    },
    warning: ({ code, message }) => line('warn', code, { detail: message }, `! ${message}`),
    stopping: (signal) =>
      line(
        'info',
        'stopping',
        { signal },
        'Stopping after the turns under way. Interrupt again to stop at once. Both are safe.',
      ),
    failed: ({ code, message }) => line('error', 'failed', { code, detail: message }, `✗ ${message}`),
    progress() {
      const { tenants, ...sums } = counts
      const seconds = Math.round((now() - since) / 1_000)
      const fields = { seconds, tenants: tenants.size, ...sums }
      line('info', 'progress', fields, summary(fields))
      counts = nothing()
      since = now()
      troubles.forgetOld()
    },
    stopped: () => line('info', 'stopped', {}, 'Stopped. Other workers go on with the tenants.'),
  }
}

function isOfState(fact: Fact): boolean {
  return (fact.type === 'retrying' || fact.type === 'resumed') && fact.part === 'state'
}

function labelOf(tenant: string, lane: string): string {
  return lane === 'live' ? tenant : `${tenant} (${lane})`
}

interface Summary extends Omit<Counts, 'tenants'> {
  readonly seconds: number
  readonly tenants: number
}

function summary({ seconds, tenants, requests, events, quarantined, retries }: Summary): string {
  const parts = [
    `${counted(tenants, 'tenant')} polled in ${seconds} s`,
    counted(requests, 'request'),
    `${counted(events, 'event')} delivered`,
    ...(quarantined > 0 ? [`${quarantined.toLocaleString('en')} put in quarantine`] : []),
    ...(retries > 0 ? [counted(retries, 'failed attempt')] : []),
  ]
  return `  ${parts.join(', ')}`
}
