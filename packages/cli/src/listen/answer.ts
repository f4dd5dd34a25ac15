/** What a route answers. */
export interface Answer {
  readonly status: number
  /** The content type. */
  readonly type: string
  /** A large body is shared by all who ask at the same time: clients that read slowly must not each hold a copy. */
  readonly body: Buffer
  readonly headers?: Readonly<Record<string, string>>
}

/** One sentence, for people and probes. */
export function plain(
  status: number,
  sentence: string,
  headers: Readonly<Record<string, string>> = {},
): Answer {
  return { status, type: 'text/plain; charset=utf-8', body: Buffer.from(`${sentence}\n`), headers }
}
