/** The `test` of a runner of your choice, such as that of vitest or `node:test`. A test that rejects has failed. */
export type ContractTest = (name: string, body: () => Promise<void>) => unknown
