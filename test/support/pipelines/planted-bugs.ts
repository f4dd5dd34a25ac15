import { sharingBugs } from '../histories/planted-sharing-bugs.ts'
import type { PipelinesBug } from './history.ts'

/** Bugs between pipelines that share what they read, which histories of several pipelines must find. */
export const pipelinesBugs: Readonly<Record<string, PipelinesBug>> = {
  ...sharingBugs,
  'a pipeline goes on from an end that was found from before its start': {
    shared: (reader) => ({
      ...reader,
      begin(of) {
        const reading = reader.begin(of)
        return {
          ...reading,
          meetAtEnd: (key, end) => reading.meetAtEnd(key, { ...end, firstStart: undefined }),
        }
      },
    }),
  },
}
