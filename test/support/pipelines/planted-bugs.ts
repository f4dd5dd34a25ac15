import type { Lane, SharedReader, State } from '../../../packages/core/src/index.ts'
import type { PipelinesBug } from './history.ts'

type Reading = ReturnType<SharedReader['begin']>
type Page = Awaited<ReturnType<Reading['page']>>

function readers(change: (reading: Reading, reader: SharedReader) => Partial<Reading>): PipelinesBug {
  return {
    shared: (reader) => ({
      ...reader,
      begin(of) {
        const reading = reader.begin(of)
        return { ...reading, ...change(reading, reader) }
      },
    }),
  }
}

function answers(change: (page: Page, isOwn: boolean) => Page): PipelinesBug {
  return readers((reading, { name }) => ({
    async page(request) {
      const page = await reading.page(request)
      return change(page, page.sharing?.askedBy === name)
    },
  }))
}

/** `isFirst`: whether it is the first lane of this name since the pipeline was started. */
interface Opening {
  readonly isFirst: boolean
  readonly isTwoLanes: boolean
}

function lanes(change: (lane: Lane, name: string, opening: Opening) => Lane): PipelinesBug {
  return {
    state: (state: State, { isTwoLanes }): State => ({
      ...state,
      async claim(pipeline) {
        const claim = await state.claim(pipeline)
        const opened = new Set<string>()
        return {
          ...claim,
          async lane(name, fingerprint) {
            const isFirst = !opened.has(name)
            opened.add(name)
            return change(await claim.lane(name, fingerprint), name, { isFirst, isTwoLanes })
          },
        }
      },
    }),
  }
}

/** An offset that was given for the start of an older pipeline is taken over. */
const othersStart = readers((reading) => ({
  meetAtEnd: (of, end) => reading.meetAtEnd(of, { ...end, firstStart: undefined }),
}))

/** The log is divided by the start of the live offset, not by where the live position began. `deliverLanes` loads it first to divide the log. */
const dividedByOffset = lanes((lane, name, { isFirst, isTwoLanes }) => ({
  ...lane,
  async load() {
    const cursor = await lane.load()
    if (cursor === undefined || name !== 'live' || !isFirst || !isTwoLanes) return cursor
    const { begunAt: _, ...at } = JSON.parse(cursor) as Record<string, unknown>
    return JSON.stringify(at)
  },
}))

/** Bugs of pipelines that share pages, each planted over correct parts. */
export const pipelinesBugs: Readonly<Record<string, PipelinesBug>> = {
  'a destination that was added later goes back to its start at each restart': {
    ...othersStart,
    ...dividedByOffset,
  },
  'a page is given to one reader only': answers((page, isOwn) =>
    isOwn ? page : { ...page, body: Buffer.from('{"data":[],"next_page":null}'), isEmpty: true },
  ),
  "the cursor is taken from another pipeline's last page": (() => {
    let last: string | undefined
    return answers((page, isOwn) => {
      if (isOwn) last = page.offset
      return isOwn ? page : { ...page, offset: last }
    })
  })(),
  'a page of other filters is used': readers((reading) => ({
    page: (request) => reading.page({ ...request, key: JSON.stringify(JSON.parse(request.key).slice(1)) }),
  })),
  'every fifth commit is lost': (() => {
    let commits = 0
    return lanes((lane) => ({
      ...lane,
      async commit(commit) {
        commits += 1
        if (commits % 5 > 0) await lane.commit(commit)
      },
    }))
  })(),
  'a start of a pipeline forgets the ids that it knows': lanes((lane) => ({
    ...lane,
    known: async () => new Set(),
  })),
}
