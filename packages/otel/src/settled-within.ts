/** As the task, but rejects after this time. The task goes on, and its end is ignored. */
export async function settledWithin<T>(ms: number, task: () => Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const timeUp = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`It took longer than ${ms} ms.`)), ms)
  })
  try {
    return await Promise.race([task(), timeUp])
  } finally {
    clearTimeout(timer)
  }
}
