import type { RawPage } from './audit-log-page.ts'

/** A request that several readers use, and its answer. */
export interface Answer {
  readonly key: string
  /** Equal for readers of the same events. */
  readonly of: string
  readonly promise: Promise<RawPage>
  readonly abort: AbortController
  readonly askedAt: number
  /** Undefined while the request is under way. */
  page: RawPage | undefined
  waiting: number
  /** The reader that made the request has ended, and perhaps closed the connection. */
  hasLostAsker: boolean
  /** The readings that wait for it or have it, and the readers they belong to. */
  readonly readings: Set<object>
  readonly readers: Set<object>
}

/** Requests under way, and answers for readers that have not asked for them yet. */
export interface KeptAnswers {
  get(key: string): Answer | undefined
  /** A request begins. It takes the place of an earlier one with the same key. */
  add(answer: Answer): void
  /** The answer has come. The oldest answers go if there are too many bytes now. */
  arrived(answer: Answer, page: RawPage): void
  /** Lets this answer go if nobody waits for it any more. */
  look(answer: Answer): void
  lookAtAll(): void
  /** No later request gets it. */
  remove(answer: Answer): void
  /** Removes what this reading was given. */
  discard(reading: object): void
}

/** The memory of an answer without its body. Empty pages need it too, and a reader that is stuck for days may leave very many of them. */
const overheadBytes = 2_048

/** `isWanted`: whether a reader may still ask for it. */
export function keptAnswers(mostBytes: number, isWanted: (answer: Answer) => boolean): KeptAnswers {
  /** The oldest request first. */
  const answers = new Map<string, Answer>()
  let bytes = 0

  function remove(answer: Answer): void {
    if (answers.get(answer.key) !== answer) return
    answers.delete(answer.key)
    bytes -= bytesOf(answer)
  }

  function look(answer: Answer): void {
    if (answer.page && !isWanted(answer)) remove(answer)
  }

  return {
    get: (key) => answers.get(key),
    add(answer) {
      const earlier = answers.get(answer.key)
      if (earlier) remove(earlier)
      answers.set(answer.key, answer)
    },
    arrived(answer, page) {
      answer.page = page
      if (answers.get(answer.key) !== answer) return
      bytes += bytesOf(answer)
      look(answer)
      for (const oldest of answers.values()) {
        if (bytes <= mostBytes) return
        if (oldest.page) remove(oldest)
      }
    },
    look,
    lookAtAll() {
      for (const answer of answers.values()) look(answer)
    },
    remove,
    discard(reading) {
      for (const answer of answers.values()) if (answer.readings.has(reading)) remove(answer)
    },
  }
}

function bytesOf({ page }: Answer): number {
  return page ? page.body.length + (page.gzipped?.length ?? 0) + overheadBytes : 0
}
