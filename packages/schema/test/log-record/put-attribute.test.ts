import { expect, test } from 'vitest'
import type { AttributeMap } from '../../src/log-record/attribute-map.ts'
import { putAttribute } from '../../src/log-record/put-attribute.ts'
import * as semconv from '../../src/semconv.ts'

test.each([...Object.values(semconv), 'a.name.of.tomorrow', 'toString'])(
  '%s is put under its own name',
  (name) => {
    const to: AttributeMap = {}
    putAttribute(to, name, 'x')
    expect(Object.entries(to)).toEqual([[name, 'x']])
  },
)
