import { expect, onTestFinished } from 'vitest'
import { toEcs } from '../../packages/schema/src/dialects/ecs.ts'
import { indexTemplate } from '../../packages/schema/src/dialects/index-template.ts'
import { toJsonText } from '../../packages/schema/src/lossless.ts'
import { corpus } from '../support/stores/corpus.ts'
import { startOpenSearch, testWithOpenSearch } from '../support/stores/opensearch.ts'
import { bulk, documentsIn } from '../support/stores/opensearch-index.ts'

testWithOpenSearch(
  'what the store has answered for survives SIGKILL, and the rest is sent again',
  async () => {
    const opensearch = await startOpenSearch()
    onTestFinished(opensearch.end)
    await opensearch.ask('PUT', '_index_template/asana-audit-ecs', indexTemplate('ecs'))
    const setId = { set: { field: '_id', value: '{{{event.id}}}' } }
    await opensearch.ask('PUT', '_ingest/pipeline/own-id', { processors: [setId] })
    const { simulated, hostile } = corpus(Date.now())
    const events = [...simulated, ...hostile]
    const parts = [0, 1, 2].map((third) => events.filter((_, number) => number % 3 === third))
    const send = (part: number): Promise<unknown> => {
      const documents = parts[part]!.map((event) => toJsonText(toEcs(event)))
      return bulk(opensearch, 'asana-audit-ecs/_bulk?pipeline=own-id', documents)
    }
    const stored = async (): Promise<string[]> =>
      (await documentsIn(opensearch, 'asana-audit-ecs')).map(({ id }) => id).toSorted()
    const idsOf = (...some: readonly number[]): string[] =>
      some.flatMap((part) => parts[part]!.map(({ gid }) => gid)).toSorted()

    await send(0)
    await opensearch.kill()
    await opensearch.start()
    expect(await stored()).toEqual(idsOf(0))

    await send(1)
    const underWay = send(2).catch(() => 'no answer')
    await opensearch.kill()
    await underWay
    await opensearch.start()
    expect(await stored()).toEqual(expect.arrayContaining(idsOf(0, 1)))

    await send(2)
    expect(await stored()).toEqual(idsOf(0, 1, 2))
  },
)
