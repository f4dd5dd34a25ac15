export type { ContractTest } from './contract-test.ts'
export { type SinkUnderTest, sinkContract } from './sink-contract.ts'
export { type SourceUnderTest, sourceContract } from './source-contract.ts'
export { stateContract } from './state-contract.ts'
