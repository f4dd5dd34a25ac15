/**
 * An environment that notes which variables are read, so that no list of variables is needed, and none is forgotten.
 * It is not a copy: to copy an environment that notes would read all of it.
 */
export function noting(env: NodeJS.ProcessEnv, read: Set<string>): NodeJS.ProcessEnv {
  return new Proxy(env, {
    get(target, name) {
      if (typeof name !== 'string') return undefined
      read.add(name)
      return target[name]
    },
  })
}
