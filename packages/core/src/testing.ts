export type { ContractTest } from './testing/contract-test.ts'
export { type SinkUnderTest, sinkContract } from './testing/sink-contract.ts'
export { type SourceUnderTest, sourceContract } from './testing/source-contract.ts'
export { stateContract } from './testing/state-contract.ts'
