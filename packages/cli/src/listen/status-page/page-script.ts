/**
 * Renews the page in place every ten seconds, so that scroll position, focus, selection and what was unfolded stay. Without scripts the
 * page loads itself again. If no answer comes, it says that what is shown is old.
 */
export const pageScript = `
const stale = document.getElementById('stale')
let answered = new Date()
function morph(from, to) {
  if (from.isEqualNode(to)) return
  if (from.nodeType !== Node.ELEMENT_NODE) return void (from.data = to.data)
  for (const { name } of [...from.attributes]) if (name !== 'open' && !to.hasAttribute(name)) from.removeAttribute(name)
  for (const { name, value } of to.attributes) if (from.getAttribute(name) !== value) from.setAttribute(name, value)
  const left = [...from.childNodes]
  const pairs = [...to.childNodes].map((child) => {
    const at = left.findIndex((old) => old.nodeName === child.nodeName && old.id === child.id)
    return [child, at < 0 ? undefined : left.splice(at, 1)[0]]
  })
  for (const gone of left) gone.remove()
  let next = from.firstChild
  for (const [child, old] of pairs) {
    if (old && old === next) next = next.nextSibling
    else from.insertBefore(old ?? child, next)
    if (old) morph(old, child)
  }
}
async function renew() {
  if (document.hidden) return
  try {
    const answer = await fetch(location.href, { signal: AbortSignal.timeout(8000) })
    if (!answer.ok) throw new Error(answer.status)
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html')
    const active = document.activeElement
    for (const id of ['overview', 'pipelines']) morph(document.getElementById(id), page.getElementById(id))
    // An element that is moved loses the focus.
    if (document.activeElement !== active) active.focus({ preventScroll: true })
    document.title = page.title
    answered = new Date()
    stale.hidden = true
  } catch {
    stale.textContent = 'No answer since ' + answered.toLocaleTimeString() + '. What you see is old: look whether the run still lives.'
    stale.hidden = false
  }
}
setInterval(renew, 10000)
document.addEventListener('visibilitychange', renew)
`
