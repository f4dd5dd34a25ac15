/** What a route answers. */
export interface Answer {
  readonly status: number
  /** The content type. */
  readonly type: string
  readonly body: string | Buffer
  readonly headers?: Readonly<Record<string, string>>
}

/** One sentence, for people and probes. */
export function plain(
  status: number,
  sentence: string,
  headers: Readonly<Record<string, string>> = {},
): Answer {
  return { status, type: 'text/plain; charset=utf-8', body: `${sentence}\n`, headers }
}
