import { expect, test } from 'vitest'
import { toAsim } from '../../src/dialects/asim.ts'
import { toCim } from '../../src/dialects/cim.ts'
import { toEcs } from '../../src/dialects/ecs.ts'
import { toOcsf } from '../../src/dialects/ocsf.ts'
import { toPanther } from '../../src/dialects/panther.ts'
import { toUdm } from '../../src/dialects/udm.ts'
import { type AuditLogEvent, parseAuditLogEvent } from '../../src/index.ts'
import samples from '../fixtures/sample-events.json' with { type: 'json' }

const dialects: Record<string, (event: AuditLogEvent) => object> = {
  asim: (event) => toAsim(event),
  cim: (event) => toCim(event),
  ecs: (event) => toEcs(event),
  ocsf: (event) => toOcsf(event),
  panther: (event) => toPanther(event),
  udm: (event) => toUdm(event),
}

test.each(Object.entries(dialects))(
  '%s gives no other time to an event whose time nobody checked',
  (_, to) => {
    const unchecked = { ...samples[0], created_at: 'yesterday' } as AuditLogEvent
    expect(parseAuditLogEvent(unchecked)).toHaveProperty('reason')
    expect(() => to(unchecked)).toThrow(new TypeError('Not a time: "yesterday".'))
  },
)
