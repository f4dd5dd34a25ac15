import { sinkContract } from '@asana-audit/core/testing'
import { describe, test } from 'vitest'
import { loggerProviderSink, tracked } from '../src/index.ts'
import { fakeExporter } from './support/fake-exporter.ts'
import { idOf, recordOf } from './support/records.ts'
import { sdkLines } from './support/sdk-lines.ts'

describe.each(Object.entries(sdkLines))(
  "with a tracked exporter, on %s: the host's provider as",
  (_, line) => {
    sinkContract(test, () => {
      let isOut = false
      const fake = fakeExporter({
        outcomeOf: (_, ids) => (isOut && ids.every((id) => id >= idOf(9)) ? 'fails' : 'succeeds'),
      })
      // A write makes three calls: the outage begins with the second.
      const exporter = tracked(fake)
      // A write makes three calls: the outage is in the second.
      const provider = line.provider([line.batch(exporter, { maxExportBatchSize: 4 })])
      return {
        sink: loggerProviderSink(provider, { tracked: exporter }),
        record: recordOf,
        idOf,
        arrived: () => fake.accepted,
        outage() {
          isOut = true
          return () => {
            isOut = false
          }
        },
        close: () => provider.shutdown(),
      }
    })
  },
)
