declare module 'splunk-logging' {
  interface Context {
    readonly message: unknown
    readonly metadata?: object
  }
  type Callback = (error: Error | null, response: unknown, body: unknown) => void

  export class Logger {
    constructor(config: { token: string; url: string; maxBatchCount?: number })
    eventFormatter: (message: unknown, severity: string) => unknown
    error: (error: unknown, context: unknown) => void
    requestOptions: object
    send(context: Context, callback?: Callback): void
    flush(callback?: Callback): void
  }
}
