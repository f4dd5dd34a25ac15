import { fileURLToPath } from 'node:url'

/**
 * The Node that runs examples: they use `await using`, which Node 22 cannot parse. Under such a Node the tests take that of the
 * workspace, as a clone does.
 */
export const exampleNode: string =
  Number(process.versions.node.split('.')[0]) >= 24
    ? process.execPath
    : fileURLToPath(new URL('../../../node_modules/node/bin/node', import.meta.url))
