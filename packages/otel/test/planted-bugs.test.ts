import { auditScope } from '@asana-audit/schema'
import { expect, test } from 'vitest'
import {
  type Expectation,
  type LoggerProvider,
  loggerProviderSink,
  type RecordResult,
  type TrackableRecord,
  type TrackedExporter,
  tracked,
} from '../src/index.ts'
import type { FakeExporter } from './support/fake-exporter.ts'
import { type Bug, history } from './support/history.ts'

/** A tracked exporter whose results are changed. */
function reading(resultOf: (id: string, right: Expectation, ids: readonly string[]) => RecordResult): Bug {
  return {
    tracked: (exporter) => {
      const right: TrackedExporter = tracked(exporter)
      const expect = (ids: readonly string[]): Expectation => {
        const expectation = right.expect(ids)
        return Object.create(expectation, {
          resultOf: { value: (id: string) => resultOf(id, expectation, ids) },
        })
      }
      return Object.create(right, { expect: { value: expect } })
    },
  }
}

/** A tracked exporter around one that tells more than it knows. */
const telling = (change: (exporter: FakeExporter) => FakeExporter['export']): Bug => ({
  tracked: (exporter) => tracked({ ...exporter, export: change(exporter) }),
})

/** A tracked exporter that takes every record for one of ours. The exporter inside gets the records as they are. */
function blindToScope(exporter: FakeExporter): TrackedExporter {
  type Relabelled = TrackableRecord & { readonly given: TrackableRecord }
  const right = tracked<Relabelled>({
    ...exporter,
    export: (records, callback) =>
      exporter.export(
        records.map(({ given }) => given),
        callback,
      ),
  })
  const relabelled = (given: TrackableRecord): Relabelled => {
    return { attributes: given.attributes, instrumentationScope: auditScope, given }
  }
  const send: FakeExporter['export'] = (records, callback) => right.export(records.map(relabelled), callback)
  return Object.create(right, { export: { value: send } })
}

const options = { maxRecords: 32, timeoutMs: 60_000, onWarning: () => {} }

const trackedBugs: Readonly<Record<string, Bug>> = {
  'it commits once a flush resolves': {
    sink: (provider, _, clock) => loggerProviderSink(provider, { ...options, clock }),
  },
  'a failure counts as a success': telling(
    (exporter) => (records, callback) => exporter.export(records, () => callback({ code: 0 })),
  ),
  'an exporter that throws counts as a success': telling((exporter) => (records, callback) => {
    try {
      return exporter.export(records, callback)
    } catch {
      callback({ code: 0 })
    }
  }),
  'what the exporter was given counts as accepted': telling((exporter) => (records, callback) => {
    callback({ code: 0 })
    try {
      return exporter.export(records, () => {})
    } catch {
      // What is thrown after the result goes to the SDK, whose processor then exports nothing more, and the history would not end.
    }
  }),
  'what never reached the exporter counts as accepted': reading((id, right) =>
    right.resultOf(id) === 'unseen' ? 'accepted' : right.resultOf(id),
  ),
  'what has no result in time counts as accepted': reading((id, right) =>
    right.resultOf(id) === 'under_way' ? 'accepted' : right.resultOf(id),
  ),
  'a record of the host with the same id stands for ours': { tracked: blindToScope },
  'one accepted record stands for the whole write': reading((id, right, ids) =>
    ids.some((other) => right.resultOf(other) === 'accepted') ? 'accepted' : right.resultOf(id),
  ),
}

/** A provider of which the sink believes that it was never shut down. */
function neverDisabled(provider: LoggerProvider): LoggerProvider {
  return {
    getLogger(...args) {
      const logger = provider.getLogger(...args)
      return { emit: (record) => logger.emit(record), enabled: () => true }
    },
    forceFlush: async (options) => provider.forceFlush?.(options),
  }
}

const bestEffortBugs: Readonly<Record<string, Bug>> = {
  'it does not notice that the provider was shut down': {
    sink: (provider, _, clock) =>
      loggerProviderSink(neverDisabled(provider), { ...options, maxRecords: 4, clock }),
  },
  // The size of a batch cannot be seen behind a processor of the host.
  'more than a batch is emitted between two flushes': {
    sink: (provider, _, clock) => loggerProviderSink(provider, { ...options, maxRecords: 1_000, clock }),
  },
}

const noticed = async (mode: 'tracked' | 'best effort', bug: Bug): Promise<boolean> => {
  for (let seed = 1; seed <= 400; seed += 1) {
    const { violations } = await history(seed, mode, bug)
    if (violations.length > 0) return true
  }
  return false
}

test.each(Object.entries(trackedBugs))('the histories notice with `tracked`: %s', async (_, bug) => {
  expect(await noticed('tracked', bug)).toBe(true)
})

test.each(Object.entries(bestEffortBugs))('the histories notice without `tracked`: %s', async (_, bug) => {
  expect(await noticed('best effort', bug)).toBe(true)
})
