import { expect } from 'vitest'
import { testWithPostgres as test } from '../../../../test/support/postgres/suite.ts'
import { agreeAnew, agreeOn } from '../../src/schema/agreed-settings.ts'
import { fleetDatabases } from '../support/fleet-database.ts'

const { fleetDatabase } = fleetDatabases()

test('the first worker decides, others must agree, and a person may change it for all', async () => {
  const pool = await fleetDatabase()
  await agreeOn(pool, { requestsPerMinute: 300 })
  await agreeOn(pool, { requestsPerMinute: 300 })
  await expect(agreeOn(pool, { requestsPerMinute: 600 })).rejects.toMatchObject({
    ...{ fault: 'fatal', code: 'settings_differ' },
    message: expect.stringMatching(/agreed on requests_per_minute: 300.*says 600.*fleet migrate/),
  })
  await agreeAnew(pool, { requestsPerMinute: 600 })
  await agreeOn(pool, { requestsPerMinute: 600 })
})
