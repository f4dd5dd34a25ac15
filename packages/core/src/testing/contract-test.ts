/** The `test` function of your test runner, for example vitest or `node:test`. A test that rejects has failed. */
export type ContractTest = (name: string, body: () => Promise<void>) => unknown
