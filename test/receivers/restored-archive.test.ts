import { join } from 'node:path'
import { expect } from 'vitest'
import { archiveSink, folderStore } from '../../packages/archive/src/index.ts'
import { fromLogRecord } from '../../packages/schema/src/index.ts'
import { generateEvents } from '../../packages/simulator/src/index.ts'
import { startCollector } from '../support/collector/collector.ts'
import { expectedLog } from '../support/collector/expectation.ts'
import { testWith } from '../support/collector/suite.ts'
import { runCommand, temporaryFolder } from '../support/commands/run-command.ts'
import { workspace } from '../support/servers/asana-server.ts'

const testOtlp = testWith('otlp', 'file')
const yearMs = 365 * 86_400_000

testOtlp(
  'an archive of a year is restored into an empty collector, each event once, exact and marked',
  async () => {
    const until = Date.parse('2026-03-10T00:00:00Z')
    const events = generateEvents({ count: 3_000, from: until - yearMs, until })
    const path = join(temporaryFolder(), 'archive')
    const sink = archiveSink({ store: folderStore({ path }), lane: 'evidence' })
    await sink.write(events, new AbortController().signal)
    await sink.close()
    const collector = await startCollector((endpoint) => ({
      receivers: { otlp: { protocols: { http: { endpoint } } } },
    }))
    const env = { ASANA_WORKSPACE: workspace, OTEL_EXPORTER_OTLP_ENDPOINT: collector.origin }
    const words = ['replay', '--from', path, '--to', 'otlp', '--state', join(temporaryFolder(), 'state.db')]

    expect(await runCommand(words, { env })).toMatchObject({ code: 0 })

    const arrived = collector.arrived()
    expect(arrived).toHaveLength(events.length)
    const byGid = new Map(arrived.map((log) => [fromLogRecord(log).gid, log]))
    for (const event of events) {
      const { observedTimeUnixNano: _, attributes, ...log } = byGid.get(event.gid) ?? expect.fail(event.gid)
      const { attributes: live, ...expected } = expectedLog(event, { workspace })
      expect(log).toEqual(expected)
      expect(attributes).toEqual({ ...live, 'asana.audit.replay': true })
    }
  },
)
