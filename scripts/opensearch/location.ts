import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { cachedPath } from '../setup/parts/cached-path.ts'
import { givenOrBuilt } from '../setup/parts/given-or-built.ts'

/** The version of OpenSearch and where it comes from, in the words of Maven. */
export const pomPath: string = join(import.meta.dirname, 'pom.xml')

/** The program that starts a node of it. */
export const nodeSource: string = join(import.meta.dirname, 'OpenSearchNode.java')

/** Where `pnpm setup:opensearch` puts the jars and the program. Another version has another path. */
export function builtOpenSearch(env: NodeJS.ProcessEnv): string {
  const definition = [pomPath, nodeSource].map((path) => readFileSync(path, 'utf8')).join()
  return cachedPath('opensearch', definition, env)
}

/** The folder to use: `OPENSEARCH_FOLDER` if it is set, or else the one that was made. Undefined if there is none. */
export function openSearchFolder(env: NodeJS.ProcessEnv): string | undefined {
  return givenOrBuilt('OPENSEARCH_FOLDER', builtOpenSearch(env), env)
}
