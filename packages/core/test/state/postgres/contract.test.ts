import { postgresState } from '@asana-audit/core/postgres-state'
import { stateContract } from '@asana-audit/core/testing'
import { describe } from 'vitest'
import { postgresOfFile, testWithPostgres } from '../../../../../test/support/postgres/suite.ts'

const postgres = postgresOfFile()

describe('PostgreSQL:', () => {
  stateContract(testWithPostgres, async () => postgresState({ url: await postgres().createDatabase() }))
})
