import type { SharedReader } from '../../../packages/core/src/index.ts'
import type { Bug } from './history.ts'

type Reading = ReturnType<SharedReader['begin']>
type Request = Parameters<Reading['page']>[0]
type Page = Awaited<ReturnType<Reading['page']>>

/** The shared readers with every request or every answer changed. */
function planted(change: {
  readonly request?: (request: Request) => Request
  readonly answer?: (page: Page, reader: SharedReader) => Page
}): Bug {
  const { request: asked = (same) => same, answer = (same) => same } = change
  return {
    showsIn: ({ companions }) => companions > 0,
    shared: (reader) => ({
      ...reader,
      begin(of) {
        const reading = reader.begin(of)
        return { ...reading, page: async (request) => answer(await reading.page(asked(request)), reader) }
      },
    }),
  }
}

/** Bugs between pipelines that share what they read. */
export const sharingBugs: Readonly<Record<string, Bug>> = {
  'a page is given to one reader only': planted({
    answer: (page, { name }) =>
      page.sharing?.askedBy === name
        ? page
        : { ...page, body: Buffer.from('{"data":[],"next_page":null}'), isEmpty: true },
  }),
  "the offset is that of another pipeline's last page": (() => {
    let last: string | undefined
    return planted({
      answer(page, { name }) {
        if (page.sharing?.askedBy === name) last = page.offset
        return page.sharing?.askedBy === name ? page : { ...page, offset: last }
      },
    })
  })(),
  'a page of other filters is used': planted({
    request: (request) => ({ ...request, key: JSON.stringify(JSON.parse(request.key).slice(1)) }),
  }),
}
