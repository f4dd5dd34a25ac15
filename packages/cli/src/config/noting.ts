/**
 * The environment, which notes what is read from it. So no list of variables is needed, and none is forgotten.
 * No copy: a copy of an environment that notes would read all of it.
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
